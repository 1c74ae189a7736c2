//! The objects of the mesh.

use super::labels::Selector;
use super::object::ObjectRef;
use super::workload::Workload;
use crate::address::Range;
use crate::ports::Ports;

/// The objects of the mesh.
#[derive(Debug, Clone, Default)]
pub struct Mesh {
    /// The extensions that load modules into proxies.
    pub extensions: Vec<Extension>,
    /// The listeners of gateways.
    pub listeners: Vec<Listeners>,
    /// The ServiceEntries.
    pub entries: Vec<ServiceEntry>,
}

/// A WasmPlugin or TrafficExtension.
#[derive(Debug, Clone)]
pub struct Extension {
    /// The object.
    pub object: ObjectRef,
    /// The proxies that load it.
    pub targets: Vec<Target>,
    /// True if the module is one of Ringfence.
    pub ringfence: bool,
    /// True if requests pass when the module fails.
    pub fails_open: bool,
    /// The traffic that it sees; empty for all traffic.
    pub traffic: Vec<Traffic>,
}

/// Traffic that an extension sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traffic {
    /// True for traffic that the proxy accepts for its own pod.
    pub server: bool,
    /// True for traffic that the proxy sends, which includes the traffic of a gateway.
    pub client: bool,
    /// The ports; none for every port.
    pub ports: Option<Vec<u16>>,
}

/// The proxies that load an extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Those of pods in the namespace of the object, or in every namespace if it is the root namespace.
    Pods(Selector),
    /// Those of a Gateway of the Gateway API in the namespace of the object.
    Gateway(String),
    /// The waypoint of a Service in the namespace of the object.
    Service(String),
}

/// The ports that a Gateway has listeners on.
#[derive(Debug, Clone)]
pub struct Listeners {
    /// The object.
    pub object: ObjectRef,
    /// The pods of the proxies.
    pub pods: Selector,
    /// The namespace of the proxies; none for every namespace.
    pub namespace: Option<String>,
    /// The ports of the Service of the proxies.
    pub ports: Ports,
}

/// A ServiceEntry: a destination outside the mesh.
#[derive(Debug, Clone)]
pub struct ServiceEntry {
    /// The object.
    pub object: ObjectRef,
    /// Its addresses.
    pub ranges: Vec<Range>,
}

/// The port at which istiod serves certificates and configuration over TLS.
pub(crate) const XDS: u16 = 15012;
/// The port at which a gateway answers the health checks of a load balancer.
pub(crate) const HEALTH: u16 = 15021;
/// The ports of metrics: those merged with the metrics of the application, and those of Envoy.
pub(crate) const METRICS: [u16; 2] = [15020, 15090];
/// The port of the tunnels between the proxies of the ambient mesh.
pub(crate) const HBONE: u16 = 15008;

/// The label of the pods of a Gateway of the Gateway API.
pub const GATEWAY_NAME: &str = "gateway.networking.k8s.io/gateway-name";

impl Mesh {
    /// Returns true if the pods are proxies without an application.
    pub(super) fn is_gateway(&self, workload: &Workload) -> bool {
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
    /// Returns true if the pods of a workload have these listeners.
    pub fn covers(&self, workload: &Workload) -> bool {
        self.namespace.as_ref().is_none_or(|namespace| namespace == workload.namespace())
            && self.pods.matches(&workload.labels)
    }
}

impl Extension {
    /// Returns true if it sees all requests of clients, at a gateway or at the sidecar of a pod.
    pub fn sees_every_port(&self, gateway: bool) -> bool {
        let sees = |traffic: &Traffic| {
            (if gateway { traffic.client } else { traffic.server }) && traffic.ports.is_none()
        };
        self.traffic.is_empty() || self.traffic.iter().any(sees)
    }

    /// Returns true if every proxy of the mesh loads it.
    pub fn is_for_all(&self, root_namespace: &str) -> bool {
        let all = |target: &Target| matches!(target, Target::Pods(pods) if pods.requirements.is_empty());
        self.object.namespace.as_deref() == Some(root_namespace) && self.targets.iter().any(all)
    }
}
