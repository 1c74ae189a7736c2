//! The allowed connections of a Kubernetes cluster, from its manifests.
//!
//! [`read`] reads manifests strictly and reports every problem. [`reach::Reach`] computes the connections between classes of
//! workloads that all policies treat alike, so that its work does not grow with the square of the workloads. The crate does
//! no I/O.
//!
//! ```
//! let cluster = netpol::read([("pods.yaml", "
//! apiVersion: v1
//! kind: Pod
//! metadata: {name: web, labels: {app: web}}
//! spec: {containers: [{name: web}]}
//! ---
//! apiVersion: v1
//! kind: Pod
//! metadata: {name: db, labels: {app: db}}
//! spec: {containers: [{name: db}]}
//! ---
//! apiVersion: networking.k8s.io/v1
//! kind: NetworkPolicy
//! metadata: {name: db}
//! spec:
//!   podSelector: {matchLabels: {app: db}}
//!   ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 5432}]}]
//! ")]).unwrap();
//! let matrix = netpol::matrix::Matrix::of_workloads(&netpol::reach::Reach::new(&cluster));
//! let row = matrix.rows.iter().find(|row| row.to.to_string() == "default/Pod/db").unwrap();
//! assert_eq!(format!("{} {}", row.from, row.ports), "default/Pod/web TCP 5432");
//! ```
//!
//! # Semantics
//!
//! The semantics are those of `networking.k8s.io/v1`. Where the API is not specific:
//!
//! - The addresses of pods are unknown, so an `ipBlock` only matches addresses outside the cluster.
//! - A named port is a port of the destination's containers. For an address it matches nothing.
//! - Policies do not isolate pods with `hostNetwork`. As a peer such a pod is matched like other pods, which is the wider of
//!   the two possible interpretations.
//! - A namespace without a manifest exists, with its name as its only label.
//! - A workload reaches itself. The pods of a workload count as one.
//! - Replies are not connections. The kubelet of a node always reaches the pods of the node.

pub mod address;
pub mod audit;
mod diff;
pub mod generate;
pub mod manifest;
pub mod matrix;
pub mod model;
pub mod ports;
pub mod reach;
mod read;

pub use diff::{Diff, diff};
pub use read::read;
