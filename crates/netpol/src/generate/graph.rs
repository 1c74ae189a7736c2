//! The service graph: who calls whom.

use super::cidr::Cidr;
use std::collections::BTreeMap;

/// A service graph that holds: each name in it is known, each address valid.
#[derive(Debug)]
pub(super) struct Graph {
    pub(super) name: String,
    pub(super) mesh: Mesh,
    pub(super) dns: Dns,
    pub(super) monitoring: Option<Pods>,
    /// Gateways first, then services, each in the order of the document.
    pub(super) workloads: Vec<Workload>,
    pub(super) external: Vec<External>,
}

/// The mesh that the services are in.
#[derive(Debug)]
pub(super) struct Mesh {
    pub(super) kind: MeshKind,
    pub(super) control_plane: Pods,
}

/// How a mesh carries connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MeshKind {
    /// By a proxy in each pod.
    IstioSidecar,
    /// By a proxy on each node, in tunnels from pod to pod.
    IstioAmbient,
    /// There is none.
    None,
}

impl MeshKind {
    /// Every kind, by its name.
    pub(super) const ALL: [(&'static str, Self); 3] =
        [("istio-sidecar", Self::IstioSidecar), ("istio-ambient", Self::IstioAmbient), ("none", Self::None)];
}

/// The servers that resolve names.
#[derive(Debug)]
pub(super) struct Dns {
    pub(super) pods: Pods,
    pub(super) addresses: Vec<Cidr>,
    pub(super) ports: Vec<u16>,
}

/// The pods of a namespace that carry these labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pods {
    pub(super) namespace: String,
    pub(super) labels: BTreeMap<String, String>,
}

impl Pods {
    /// Whether every pod of `other` is one of these.
    pub(super) fn contain(&self, other: &Self) -> bool {
        self.namespace == other.namespace
            && self.labels.iter().all(|(key, value)| other.labels.get(key) == Some(value))
    }
}

/// A gateway or a service.
#[derive(Debug)]
pub(super) struct Workload {
    pub(super) name: String,
    pub(super) kind: WorkloadKind,
    pub(super) pods: Pods,
    pub(super) ports: Vec<u16>,
    /// The names of the workloads that call it; nothing for a gateway.
    pub(super) from: Vec<String>,
}

/// What a workload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WorkloadKind {
    /// Anybody connects to it.
    Gateway,
    /// Only those that it names connect to it.
    Service,
}

/// Addresses outside the cluster.
#[derive(Debug)]
pub(super) struct External {
    pub(super) name: String,
    pub(super) cidr: Cidr,
    pub(super) except: Vec<Cidr>,
    pub(super) ports: Vec<u16>,
    pub(super) from: Vec<String>,
}

impl Graph {
    /// The workload of this name.
    pub(super) fn workload(&self, name: &str) -> Option<&Workload> {
        self.workloads.iter().find(|workload| workload.name == name)
    }

    /// The workloads that this one calls.
    pub(super) fn called_by<'g>(&'g self, name: &'g str) -> impl Iterator<Item = &'g Workload> {
        self.workloads.iter().filter(move |workload| workload.from.iter().any(|caller| caller == name))
    }

    /// What this workload calls outside the cluster.
    pub(super) fn external_of<'g>(&'g self, name: &'g str) -> impl Iterator<Item = &'g External> {
        self.external.iter().filter(move |external| external.from.iter().any(|caller| caller == name))
    }

    /// The namespaces of the services, each once, in their order.
    pub(super) fn namespaces(&self) -> Vec<&str> {
        let mut namespaces: Vec<&str> = Vec::new();
        for workload in self.workloads.iter().filter(|workload| workload.kind == WorkloadKind::Service) {
            if !namespaces.contains(&workload.pods.namespace.as_str()) {
                namespaces.push(&workload.pods.namespace);
            }
        }
        namespaces
    }
}
