//! What an audit is told about the cluster that no manifest says.

use crate::address::Range;

/// What an audit is told.
#[derive(Debug, Clone)]
pub struct Options {
    /// The namespace of istiod, whose extensions are for every namespace.
    pub control_plane: String,
    /// Namespaces that may read metrics.
    pub monitoring: Vec<String>,
    /// Namespaces whose own workloads are not audited.
    pub system: Vec<String>,
    /// The addresses of the Kubernetes API; without them and without nodes, private addresses stand for both.
    pub api_server: Vec<Range>,
    /// The addresses of the nodes.
    pub nodes: Vec<Range>,
}

impl Default for Options {
    fn default() -> Self {
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            control_plane: "istio-system".to_owned(),
            monitoring: own(&["monitoring"]),
            system: own(&["kube-system", "kube-public", "kube-node-lease"]),
            api_server: Vec::new(),
            nodes: Vec::new(),
        }
    }
}
