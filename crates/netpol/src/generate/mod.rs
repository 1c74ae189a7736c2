//! NetworkPolicies from a service graph: a policy for every edge, and none besides.
//!
//! The graph says which workload calls which. [`manifests`] makes the manifests of it: every pod of the services'
//! namespaces is closed both ways; then DNS and what the mesh needs are opened, and each edge at both of its ends. A
//! gateway is closed by itself, for other workloads stand in its namespace.
//!
//! ```
//! let graph = "
//! apiVersion: ringfence.dev/v1alpha1
//! kind: ServiceGraph
//! metadata: {name: shop}
//! spec:
//!   mesh: {kind: none}
//!   gateways:
//!     - {name: edge, namespace: edge, selector: {app: edge}, ports: [8443]}
//!   services:
//!     - {name: cart, selector: {app: cart}, ports: [8080], from: [edge]}
//! ";
//! let manifests = netpol::generate::manifests(graph).unwrap();
//! let files: Vec<&str> = manifests.iter().map(|manifest| manifest.file.as_str()).collect();
//! assert_eq!(files, ["00-default-deny.yaml", "10-dns.yaml", "30-edge.yaml", "40-cart.yaml"]);
//!
//! let problems = netpol::generate::manifests(&graph.replace("[edge]", "[egde]")).unwrap_err();
//! assert_eq!(
//!     problems[0].to_string(),
//!     "unknown_name at spec.services[0].from[0]: there is no gateway or service `egde`; did you mean `edge`?"
//! );
//! assert_eq!((problems[0].line, problems[0].column), (10, 65));
//! ```

mod cidr;
mod files;
mod graph;
mod names;
mod node;
mod policy;
mod problem;
mod read;
mod rules;
mod yaml;

pub use problem::Problem;

/// A file of manifests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Its name, such as `40-productpage.yaml`.
    pub file: String,
    /// What it stops: a sentence, the first line of its text.
    pub stops: String,
    /// What is so without it: a sentence, the second line of its text.
    pub without: String,
    /// The policies in it, each as `namespace/name`.
    pub policies: Vec<String>,
    /// Its text: one or more YAML documents.
    pub text: String,
}

/// The manifests of a service graph, which is a YAML text; the same text gives the same bytes.
///
/// # Errors
/// All that is wrong with the graph, in the order in which it stands there.
pub fn manifests(graph: &str) -> Result<Vec<Manifest>, Vec<Problem>> {
    read::graph(graph).map(|graph| files::of(&graph))
}
