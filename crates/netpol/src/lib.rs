//! Who may reach whom in a Kubernetes cluster, from its manifests.
//!
//! The engine reads manifests ([`read`]), strictly and with every problem in one go, and answers in classes of workloads
//! that no policy tells apart ([`reach::Reach`]), so that its work does not grow with the square of the workloads. It does
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
//! # What a policy means
//!
//! The semantics are those of `networking.k8s.io/v1`. Where the API leaves something open, this is decided:
//!
//! - Addresses of pods are not known, so an `ipBlock` matches addresses outside of the cluster only.
//! - A named port is a port of the destination's containers; towards an address it is none.
//! - Policies do not hold pods on the network of their node (`hostNetwork`). As a peer such a pod is a pod like others,
//!   which is the wider of the two readings that there are.
//! - A namespace that no manifest holds is there, with its name for its one label.
//! - A workload reaches itself. Pods of one workload count as one.
//! - A reply is no connection; neither is what a node's kubelet asks of the pods on it, which is always allowed.

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
