//! Facts about the cluster that manifests do not contain.

use crate::address::Range;

/// The options of an audit.
#[derive(Debug, Clone)]
pub struct Options {
    /// The namespace of istiod, whose extensions apply to every namespace.
    pub control_plane: String,
    /// The namespaces that may read metrics.
    pub monitoring: Vec<String>,
    /// The namespaces whose workloads are not audited.
    pub system: Vec<String>,
    /// The addresses of the Kubernetes API. If these and `nodes` are empty, private addresses are used for both.
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
