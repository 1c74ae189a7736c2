//! The model of a cluster, with all defaults filled in.

mod cluster;
pub mod graph;
mod labels;
mod mesh;
mod object;
mod policy;
mod workload;

pub use cluster::{Cluster, Namespace, Service, ServicePort};
pub use labels::{Labels, Operator, Requirement, Selector};
pub use mesh::{Extension, GATEWAY_NAME, Listeners, Mesh, ServiceEntry, Target, Traffic};
pub(crate) use mesh::{HBONE, HEALTH, METRICS, XDS};
pub use object::{ObjectRef, Place};
pub use policy::{Block, Direction, Peer, Pods, Policy, PolicyPort, Rule};
pub use workload::{ContainerPort, Injection, Workload};
