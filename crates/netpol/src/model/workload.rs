//! Pods, or what makes them.

use super::labels::Labels;
use super::object::ObjectRef;
use crate::ports::Protocol;

/// A Pod, or an object with a template for pods.
#[derive(Debug, Clone)]
pub struct Workload {
    /// The object; its namespace is always known.
    pub object: ObjectRef,
    /// The labels of its pods.
    pub labels: Labels,
    /// The annotations of its pods.
    pub annotations: Labels,
    /// The ports that its containers declare.
    pub ports: Vec<ContainerPort>,
    /// The names of its containers, sidecars among them.
    pub containers: Vec<String>,
    /// The account that it runs as.
    pub service_account: String,
    /// Whether its pods use the network of their node, which NetworkPolicies do not hold.
    pub host_network: bool,
    /// Whether it stands for pods that no manifest holds: those that a Gateway makes.
    pub implied: bool,
}

/// A port that a container declares.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContainerPort {
    /// Its name, where it has one.
    pub name: Option<String>,
    /// Its protocol.
    pub protocol: Protocol,
    /// Its number.
    pub port: u16,
}

/// How the mesh takes part in the traffic of a pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Injection {
    /// Not at all.
    None,
    /// Through a proxy in the pod.
    Sidecar,
    /// Through the proxy of its node.
    Ambient,
    /// It is a proxy itself.
    Gateway,
}

impl Workload {
    /// The namespace.
    pub fn namespace(&self) -> &str {
        self.object.namespace.as_deref().unwrap_or_default()
    }

    /// `namespace/Kind/name`.
    pub fn name(&self) -> String {
        format!("{}/{}/{}", self.namespace(), self.object.kind, self.object.name)
    }

    /// The ports of a name and protocol.
    pub fn named<'w>(&'w self, protocol: Protocol, name: &'w str) -> impl Iterator<Item = u16> + 'w {
        let of = move |port: &&ContainerPort| port.protocol == protocol && port.name.as_deref() == Some(name);
        self.ports.iter().filter(of).map(|port| port.port)
    }
}
