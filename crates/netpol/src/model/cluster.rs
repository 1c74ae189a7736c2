//! A cluster as the manifests describe it.

use super::labels::{Labels, Selector};
use super::mesh::Mesh;
use super::object::ObjectRef;
use super::policy::Policy;
use super::workload::Workload;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A cluster.
#[derive(Debug, Clone, Default)]
pub struct Cluster {
    /// The namespaces by name, those that are only mentioned among them.
    pub namespaces: BTreeMap<String, Namespace>,
    /// The workloads, sorted by namespace, kind and name.
    pub workloads: Vec<Workload>,
    /// The policies, sorted by namespace and name.
    pub policies: Vec<Policy>,
    /// The services, sorted by namespace and name.
    pub services: Vec<Service>,
    /// What there is of the mesh.
    pub mesh: Mesh,
    /// The service graphs.
    pub graphs: Vec<super::graph::Graph>,
    /// The objects that were passed over, because nothing here reads their kind.
    pub ignored: Vec<ObjectRef>,
}

impl Cluster {
    /// The workload of a name `namespace/Kind/name`.
    pub fn workload(&self, name: &str) -> Option<&Workload> {
        self.workloads.iter().find(|workload| workload.name() == name)
    }

    /// The labels of a namespace; one that no manifest holds has its name alone.
    pub fn namespace_labels(&self, name: &str) -> Cow<'_, Labels> {
        match self.namespaces.get(name) {
            Some(namespace) => Cow::Borrowed(&namespace.labels),
            None => Cow::Owned(Namespace::named(name).labels),
        }
    }
}

/// A namespace.
#[derive(Debug, Clone)]
pub struct Namespace {
    /// Its labels; `kubernetes.io/metadata.name` is always there.
    pub labels: Labels,
    /// The object, where a manifest holds it.
    pub object: Option<ObjectRef>,
}

impl Namespace {
    /// The label that the API server sets to the name.
    pub const NAME_LABEL: &str = "kubernetes.io/metadata.name";

    /// A namespace that no manifest holds.
    pub fn named(name: &str) -> Self {
        let labels = [(Self::NAME_LABEL.to_owned(), name.to_owned())];
        Self { labels: labels.into(), object: None }
    }
}

/// A Service.
#[derive(Debug, Clone)]
pub struct Service {
    /// The object.
    pub object: ObjectRef,
    /// The pods behind it; none where it names them itself.
    pub pods: Option<Selector>,
    /// Its ports.
    pub ports: Vec<ServicePort>,
    /// Where it is of type `ExternalName`: the name.
    pub external_name: Option<String>,
}

/// A port of a Service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServicePort {
    /// The protocol.
    pub protocol: crate::ports::Protocol,
    /// The port of the service.
    pub port: u16,
    /// The port of the pods, by number or by name.
    pub target: Result<u16, String>,
}
