//! What there is of the mesh.

use super::cluster::Cluster;
use super::labels::{Labels, Selector};
use super::object::ObjectRef;
use super::workload::{Injection, Workload};
use crate::address::Range;
use crate::ports::Ports;

/// What there is of the mesh.
#[derive(Debug, Clone, Default)]
pub struct Mesh {
    /// What loads modules into proxies.
    pub extensions: Vec<Extension>,
    /// Which ports gateways listen on.
    pub listeners: Vec<Listeners>,
    /// What is known outside of the mesh.
    pub entries: Vec<Entry>,
}

/// A WasmPlugin or TrafficExtension.
#[derive(Debug, Clone)]
pub struct Extension {
    /// The object.
    pub object: ObjectRef,
    /// The proxies that it is for.
    pub targets: Vec<Target>,
    /// Whether the module is one of Ringfence's.
    pub ringfence: bool,
    /// Whether requests pass where the module fails.
    pub fails_open: bool,
    /// The traffic that it sees; none: all of it.
    pub traffic: Vec<Traffic>,
}

/// Traffic that an extension sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traffic {
    /// Whether it is what the proxy accepts for its own pod.
    pub server: bool,
    /// Whether it is what the proxy sends on, which Istio counts a gateway's traffic as.
    pub client: bool,
    /// The ports; none: every port.
    pub ports: Option<Vec<u16>>,
}

/// Which proxies an extension is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Those of pods in the namespace of the object; in the root namespace: of every namespace.
    Pods(Selector),
    /// Those of a Gateway of the Gateway API in the namespace of the object.
    Gateway(String),
    /// Those of the pods behind a Service in the namespace of the object; a waypoint stands before them.
    Service(String),
}

/// The ports that a Gateway has listeners on.
#[derive(Debug, Clone)]
pub struct Listeners {
    /// The object.
    pub object: ObjectRef,
    /// The proxies.
    pub pods: Selector,
    /// The namespace of the proxies; none: all.
    pub namespace: Option<String>,
    /// The ports of the service before them.
    pub ports: Ports,
}

/// A ServiceEntry: what the mesh knows outside of it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The object.
    pub object: ObjectRef,
    /// Its addresses.
    pub ranges: Vec<Range>,
}

/// The label that a pod of a Gateway of the Gateway API has.
pub const GATEWAY_NAME: &str = "gateway.networking.k8s.io/gateway-name";

impl Mesh {
    /// How the mesh takes part in the traffic of a workload, from the labels that decide on injection.
    pub fn injection(cluster: &Cluster, workload: &Workload) -> Injection {
        if cluster.mesh.is_gateway(workload) {
            return Injection::Gateway;
        }
        if workload.containers.iter().any(|name| name == "istio-proxy") {
            return Injection::Sidecar;
        }
        let namespace = cluster.namespace_labels(workload.namespace());
        // A pod of the node's network is never injected: its traffic cannot be redirected.
        if workload.host_network {
            return Injection::None;
        }
        if injected(&namespace, workload) {
            return Injection::Sidecar;
        }
        let mode = workload.labels.get(DATAPLANE_MODE).or_else(|| namespace.get(DATAPLANE_MODE));
        if mode.is_some_and(|mode| mode == "ambient") { Injection::Ambient } else { Injection::None }
    }

    /// Whether the pods are proxies that stand alone.
    fn is_gateway(&self, workload: &Workload) -> bool {
        let template = workload.annotations.get("inject.istio.io/templates");
        let chart = workload.labels.get("istio").is_some_and(|value| value.ends_with("gateway"));
        let listens =
            |listeners: &Listeners| !listeners.pods.requirements.is_empty() && listeners.covers(workload);
        chart
            || template.is_some_and(|template| template == "gateway")
            || workload.labels.contains_key(GATEWAY_NAME)
            || self.listeners.iter().any(listens)
    }
}

impl Listeners {
    /// Whether these are listeners of a workload's pods.
    pub fn covers(&self, workload: &Workload) -> bool {
        self.namespace.as_ref().is_none_or(|namespace| namespace == workload.namespace())
            && self.pods.matches(&workload.labels)
    }
}

impl Extension {
    /// Whether it sees whatever clients send, at a gateway or at the pod's own proxy.
    pub fn sees_every_port(&self, gateway: bool) -> bool {
        let sees = |traffic: &Traffic| {
            (if gateway { traffic.client } else { traffic.server }) && traffic.ports.is_none()
        };
        self.traffic.is_empty() || self.traffic.iter().any(sees)
    }

    /// Whether it is for every proxy of the mesh.
    pub fn is_for_all(&self, root_namespace: &str) -> bool {
        let all = |target: &Target| matches!(target, Target::Pods(pods) if pods.requirements.is_empty());
        self.object.namespace.as_deref() == Some(root_namespace) && self.targets.iter().any(all)
    }

    /// Whether it is loaded into the proxies of a workload, of which there must be some.
    pub fn covers(&self, cluster: &Cluster, workload: &Workload, root_namespace: &str) -> bool {
        let namespace = self.object.namespace.as_deref().unwrap_or_default();
        let here = namespace == workload.namespace();
        self.targets.iter().any(|target| match target {
            Target::Pods(pods) => (here || namespace == root_namespace) && pods.matches(&workload.labels),
            Target::Gateway(name) => here && workload.labels.get(GATEWAY_NAME) == Some(name),
            Target::Service(name) => {
                let of = |service: &&super::Service| {
                    service.object.namespace.as_deref() == Some(namespace) && service.object.name == *name
                };
                let service = cluster.services.iter().find(of);
                here && service
                    .and_then(|service| service.pods.as_ref())
                    .is_some_and(|pods| pods.matches(&workload.labels))
            }
        })
    }
}

const DATAPLANE_MODE: &str = "istio.io/dataplane-mode";

/// Whether Istio's webhook gives the pods a sidecar: the pod's own word, then that of its namespace.
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
