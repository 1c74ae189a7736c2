//! NetworkPolicies from a service graph: one for every edge of the graph, and no others.
//!
//! The graph lists which workload calls which. [`manifests`] isolates every pod of the services' namespaces in both
//! directions, opens DNS and what the mesh needs, and opens each edge at both of its ends. A gateway has a policy of its own,
//! since its namespace contains other workloads.
//!
//! ```
//! let text = "
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
//! let graph = netpol::generate::read("graph.yaml", text).unwrap();
//! let manifests = netpol::generate::manifests(&graph);
//! let files: Vec<&str> = manifests.iter().map(|manifest| manifest.file.as_str()).collect();
//! assert_eq!(files, ["00-default-deny.yaml", "10-dns.yaml", "30-edge.yaml", "40-cart.yaml"]);
//!
//! let problems = netpol::generate::read("graph.yaml", &text.replace("[edge]", "[egde]")).unwrap_err();
//! assert_eq!(
//!     problems[0].to_string(),
//!     "graph.yaml:10:65: unknown gateway or service `egde`; did you mean `edge`?"
//! );
//! ```

mod files;
mod rules;

pub use crate::read::GraphCode;
pub use files::{Manifest, manifests};

use crate::model::graph::Graph;
use diagnostics::{Diagnostic, Diagnostics, Span};

/// Reads the service graph of a file.
///
/// # Errors
/// Every problem of the file, and a file that does not contain one graph.
pub fn read(file: &str, text: &str) -> Result<Graph, Vec<Diagnostic>> {
    let mut graphs = crate::read([(file, text)])?.graphs;
    match (graphs.pop(), graphs.len()) {
        (Some(graph), 0) => Ok(graph),
        (found, more) => {
            let mut problems = Diagnostics::new(file);
            let message = format!("{} service graphs in this file", more + usize::from(found.is_some()));
            let help = "write one document of `apiVersion: ringfence.dev/v1alpha1` and `kind: ServiceGraph`";
            problems.error(Span::START, "invalid_document", message, help);
            Err(problems.into_vec())
        }
    }
}
