//! Workloads.

use super::labels::Labels;
use super::object::ObjectRef;
use crate::ports::Protocol;

/// A Pod, or an object with a pod template.
#[derive(Debug, Clone)]
pub struct Workload {
    /// The object; its namespace is always set.
    pub object: ObjectRef,
    /// The labels of its pods.
    pub labels: Labels,
    /// The annotations of its pods.
    pub annotations: Labels,
    /// The ports that its containers declare.
    pub ports: Vec<ContainerPort>,
    /// The names of its containers, including sidecars.
    pub containers: Vec<String>,
    /// Its service account.
    pub service_account: String,
    /// True if its pods use the network of their node, which NetworkPolicies do not isolate.
    pub host_network: bool,
    /// True if no manifest contains it: it is created by a Gateway, or assumed by the audit.
    pub implied: bool,
}

/// A port that a container declares.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContainerPort {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Its protocol.
    pub protocol: Protocol,
    /// Its number.
    pub port: u16,
}

/// The part of the mesh in the traffic of a pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Injection {
    /// None.
    None,
    /// A proxy in the pod.
    Sidecar,
    /// The proxy of the node.
    Ambient,
    /// The pod itself is a proxy.
    Gateway,
}

impl Workload {
    /// Creates a workload that no manifest contains.
    pub(crate) fn implied(object: ObjectRef, labels: Labels) -> Self {
        Self {
            object,
            labels,
            annotations: Labels::new(),
            ports: Vec::new(),
            containers: Vec::new(),
            service_account: "default".to_owned(),
            host_network: false,
            implied: true,
        }
    }

    /// Returns the namespace.
    pub fn namespace(&self) -> &str {
        self.object.namespace.as_deref().unwrap_or_default()
    }

    /// Returns `namespace/Kind/name`.
    pub fn name(&self) -> String {
        format!("{}/{}/{}", self.namespace(), self.object.kind, self.object.name)
    }

    /// Returns the ports with a name and protocol.
    pub fn named<'w>(&'w self, protocol: Protocol, name: &'w str) -> impl Iterator<Item = u16> + 'w {
        let of = move |port: &&ContainerPort| port.protocol == protocol && port.name.as_deref() == Some(name);
        self.ports.iter().filter(of).map(|port| port.port)
    }
}
