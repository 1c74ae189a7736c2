//! A cluster as its manifests describe it.

use super::labels::{Labels, Selector, namespace_labels};
use super::mesh::{Extension, GATEWAY_NAME, Mesh, Target};
use super::object::ObjectRef;
use super::policy::{Peer, Policy};
use super::workload::{Injection, Workload};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A cluster.
#[derive(Debug, Clone, Default)]
pub struct Cluster {
    /// The namespaces by name, including those that are only mentioned.
    pub namespaces: BTreeMap<String, Namespace>,
    /// The workloads, sorted by namespace, kind and name.
    pub workloads: Vec<Workload>,
    /// The policies, sorted by namespace and name.
    pub policies: Vec<Policy>,
    /// The services, sorted by namespace and name.
    pub services: Vec<Service>,
    /// The objects of the mesh.
    pub mesh: Mesh,
    /// The service graphs.
    pub graphs: Vec<super::graph::Graph>,
    /// The objects of kinds that are not read.
    pub ignored: Vec<ObjectRef>,
}

impl Cluster {
    /// Returns the workload with the name `namespace/Kind/name`.
    pub fn workload(&self, name: &str) -> Option<&Workload> {
        self.workloads.iter().find(|workload| workload.name() == name)
    }

    /// Returns the labels of a namespace. A namespace without a manifest only has the label of its name.
    pub fn namespace_labels(&self, name: &str) -> Cow<'_, Labels> {
        match self.namespaces.get(name) {
            Some(namespace) => Cow::Borrowed(&namespace.labels),
            None => Cow::Owned(Namespace::named(name).labels),
        }
    }

    /// Returns the part of the mesh in the traffic of a workload, by the labels that control injection.
    pub fn injection(&self, workload: &Workload) -> Injection {
        if self.mesh.is_gateway(workload) {
            return Injection::Gateway;
        }
        if workload.containers.iter().any(|name| name == "istio-proxy") {
            return Injection::Sidecar;
        }
        let namespace = self.namespace_labels(workload.namespace());
        // A pod with `hostNetwork` is never injected: its traffic cannot be redirected.
        if workload.host_network {
            return Injection::None;
        }
        if injected(&namespace, workload) {
            return Injection::Sidecar;
        }
        let mode = workload.labels.get(DATAPLANE_MODE).or_else(|| namespace.get(DATAPLANE_MODE));
        if mode.is_some_and(|mode| mode == "ambient") { Injection::Ambient } else { Injection::None }
    }

    /// Returns true if the proxies of a workload, if there are any, load an extension.
    pub fn is_covered(&self, workload: &Workload, extension: &Extension, root_namespace: &str) -> bool {
        let namespace = extension.object.namespace.as_deref().unwrap_or_default();
        let here = namespace == workload.namespace();
        extension.targets.iter().any(|target| match target {
            Target::Pods(pods) => (here || namespace == root_namespace) && pods.matches(&workload.labels),
            Target::Gateway(name) => here && workload.labels.get(GATEWAY_NAME) == Some(name),
            Target::Service(name) => {
                let of = |service: &&Service| {
                    service.object.namespace.as_deref() == Some(namespace) && service.object.name == *name
                };
                let service = self.services.iter().find(of);
                here && service
                    .and_then(|service| service.pods.as_ref())
                    .is_some_and(|pods| pods.matches(&workload.labels))
            }
        })
    }

    /// Returns true if a peer, in a policy of `namespace`, includes the pods of a workload.
    pub fn is_peer(&self, peer: &Peer, namespace: &str, workload: &Workload) -> bool {
        let Peer::Pods(pods) = peer else { return false };
        let is_in_namespace = match &pods.namespaces {
            None => namespace == workload.namespace(),
            Some(selector) => selector.matches(&self.namespace_labels(workload.namespace())),
        };
        is_in_namespace && pods.pods.matches(&workload.labels)
    }
}

/// A namespace.
#[derive(Debug, Clone)]
pub struct Namespace {
    /// Its labels, including `kubernetes.io/metadata.name`.
    pub labels: Labels,
    /// The object, if there is a manifest.
    pub object: Option<ObjectRef>,
}

impl Namespace {
    /// Creates a namespace without a manifest.
    pub fn named(name: &str) -> Self {
        Self { labels: namespace_labels(name), object: None }
    }
}

/// A Service.
#[derive(Debug, Clone)]
pub struct Service {
    /// The object.
    pub object: ObjectRef,
    /// The selector of its pods; none for a Service without selector.
    pub pods: Option<Selector>,
    /// Its ports.
    pub ports: Vec<ServicePort>,
    /// The name, if its type is `ExternalName`.
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

/// The label that adds a pod or a namespace to the ambient mesh.
const DATAPLANE_MODE: &str = "istio.io/dataplane-mode";

/// Returns true if Istio injects a sidecar: by the label of the pod, then by those of its namespace.
fn injected(namespace: &Labels, workload: &Workload) -> bool {
    const INJECT: &str = "sidecar.istio.io/inject";
    let own = workload.labels.get(INJECT).or_else(|| workload.annotations.get(INJECT));
    let by_namespace = match namespace.get("istio-injection").map(String::as_str) {
        Some("enabled") => true,
        Some(_) => false,
        None => namespace.contains_key("istio.io/rev") || workload.labels.contains_key("istio.io/rev"),
    };
    let disabled = namespace.get("istio-injection").is_some_and(|value| value == "disabled");
    match own.map(String::as_str) {
        Some("true") => !disabled,
        Some(_) => false,
        None => by_namespace,
    }
}
