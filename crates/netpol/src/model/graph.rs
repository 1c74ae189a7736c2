//! A service graph: which workload calls which.

use super::{Block, Labels, ObjectRef};
use crate::address::Range;

/// A service graph. Every name in it is defined, and every address is valid.
#[derive(Debug, Clone)]
pub struct Graph {
    /// The object.
    pub object: ObjectRef,
    /// The mesh.
    pub mesh: GraphMesh,
    /// The DNS servers.
    pub dns: Dns,
    /// The pods that scrape metrics.
    pub monitoring: Option<Pods>,
    /// Gateways first, then services, each in the order of the document.
    pub workloads: Vec<GraphNode>,
    /// The destinations outside the cluster.
    pub external: Vec<External>,
}

/// The mesh of the services.
#[derive(Debug, Clone)]
pub struct GraphMesh {
    /// Its kind.
    pub kind: MeshKind,
    /// The pods of its control plane.
    pub control_plane: Pods,
}

/// The kind of a mesh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeshKind {
    /// A proxy in each pod.
    IstioSidecar,
    /// A proxy on each node, with tunnels between pods.
    IstioAmbient,
    /// No mesh.
    None,
}

impl MeshKind {
    /// Every kind with its name.
    pub const ALL: [(&'static str, Self); 3] =
        [("istio-sidecar", Self::IstioSidecar), ("istio-ambient", Self::IstioAmbient), ("none", Self::None)];
}

/// The DNS servers.
#[derive(Debug, Clone)]
pub struct Dns {
    /// Their pods.
    pub pods: Pods,
    /// Further addresses of them, such as that of a cache on each node.
    pub addresses: Vec<Range>,
    /// Their ports.
    pub ports: Vec<u16>,
}

/// The pods of a namespace with some labels.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pods {
    /// The namespace.
    pub namespace: String,
    /// The labels.
    pub labels: Labels,
}

impl Pods {
    /// Returns true if every pod of `other` is one of these.
    pub fn contain(&self, other: &Self) -> bool {
        self.namespace == other.namespace
            && self.labels.iter().all(|(key, value)| other.labels.get(key) == Some(value))
    }
}

/// A gateway or a service.
#[derive(Debug, Clone)]
pub struct GraphNode {
    /// The name.
    pub name: String,
    /// What it is.
    pub kind: WorkloadKind,
    /// Its pods.
    pub pods: Pods,
    /// The ports of its pods.
    pub ports: Vec<u16>,
    /// The names of the workloads that call it; empty for a gateway.
    pub from: Vec<String>,
}

/// What a workload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkloadKind {
    /// Accepts connections from everywhere.
    Gateway,
    /// Accepts connections from its callers.
    Service,
}

/// A destination outside the cluster.
#[derive(Debug, Clone)]
pub struct External {
    /// The name.
    pub name: String,
    /// The addresses.
    pub block: Block,
    /// The ports.
    pub ports: Vec<u16>,
    /// The names of the workloads that call it.
    pub from: Vec<String>,
}

impl Graph {
    /// Returns the workload of a name.
    pub fn workload(&self, name: &str) -> Option<&GraphNode> {
        self.workloads.iter().find(|workload| workload.name == name)
    }

    /// Returns the workloads that a workload calls.
    pub fn called_by<'g>(&'g self, name: &'g str) -> impl Iterator<Item = &'g GraphNode> {
        self.workloads.iter().filter(move |workload| workload.from.iter().any(|caller| caller == name))
    }

    /// Returns the destinations outside the cluster that a workload calls.
    pub fn external_of<'g>(&'g self, name: &'g str) -> impl Iterator<Item = &'g External> {
        self.external.iter().filter(move |external| external.from.iter().any(|caller| caller == name))
    }

    /// Returns the namespaces of the services in their order.
    pub fn namespaces(&self) -> Vec<&str> {
        let mut namespaces: Vec<&str> = Vec::new();
        for workload in self.workloads.iter().filter(|workload| workload.kind == WorkloadKind::Service) {
            if !namespaces.contains(&workload.pods.namespace.as_str()) {
                namespaces.push(&workload.pods.namespace);
            }
        }
        namespaces
    }
}
