//! The rules of the policies.

use crate::address::Range;
use crate::model::graph::{Graph, MeshKind, Pods, Workload};
use crate::model::{Block, Labels, Namespace, Peer, PolicyPort, Rule, Selector};
use crate::ports::{PortRange, Protocol};

/// Where istiod serves certificates and configuration over TLS.
const XDS: u16 = 15012;
/// Where a gateway answers the health checks of a load balancer.
const HEALTH: u16 = 15021;
/// Metrics: merged with those of the application, and those of Envoy.
const METRICS: [u16; 2] = [15020, 15090];
/// The tunnels of the ambient mesh.
const HBONE: u16 = 15008;
/// The source address of the kubelet's probes in the ambient mesh.
const PROBES: &str = "169.254.7.127/32";

/// A rule with the comment above it.
pub(super) struct Commented {
    pub comment: String,
    pub rule: Rule,
}

impl Commented {
    fn new(comment: impl Into<String>, peers: Option<Vec<Peer>>, ports: Option<Vec<PolicyPort>>) -> Self {
        Self { comment: comment.into(), rule: Rule { peers, ports } }
    }
}

/// Allows egress to the DNS servers.
pub(super) fn dns(graph: &Graph) -> Commented {
    let mut peers = vec![pods(&graph.dns.pods)];
    let addresses = graph.dns.addresses.iter();
    peers.extend(addresses.map(|range| Peer::Block(Block { range: *range, except: Vec::new() })));
    let ports = [Protocol::Udp, Protocol::Tcp].into_iter().flat_map(|of| ports(of, &graph.dns.ports));
    Commented::new("DNS", Some(peers), Some(ports.collect()))
}

/// Allows egress to istiod.
pub(super) fn control_plane(graph: &Graph) -> Commented {
    let peers = vec![pods(&graph.mesh.control_plane)];
    Commented::new("istiod: certificates and configuration", Some(peers), tcp(&[XDS]))
}

/// Allows ingress from the pods that scrape the metrics of proxies.
pub(super) fn metrics(graph: &Graph) -> Option<Commented> {
    let monitoring = graph.monitoring.as_ref()?;
    Some(Commented::new("metrics of the proxy", Some(vec![pods(monitoring)]), tcp(&METRICS)))
}

/// Allows ingress from the kubelet in the ambient mesh, on every port: any port may have a probe.
pub(super) fn probes() -> Commented {
    let range = Range::block(PROBES).into_iter();
    let peers = range.map(|range| Peer::Block(Block { range, except: Vec::new() }));
    Commented::new("the kubelet's probes", Some(peers.collect()), None)
}

/// Allows ingress from everywhere to the listeners of a gateway.
pub(super) fn clients(graph: &Graph, gateway: &Workload) -> Vec<Commented> {
    let mut rules = vec![Commented::new("the listeners, from anywhere", None, tcp(&gateway.ports))];
    if graph.mesh.kind != MeshKind::None {
        rules.push(Commented::new("the load balancer's health check", None, tcp(&[HEALTH])));
        rules.extend(metrics(graph));
    }
    rules
}

/// Allows the egress that a gateway needs by itself. Policies for its namespace would apply to other workloads too.
pub(super) fn plumbing_of_gateway(graph: &Graph) -> Vec<Commented> {
    let mesh = (graph.mesh.kind != MeshKind::None).then(|| control_plane(graph));
    [dns(graph)].into_iter().chain(mesh).collect()
}

/// Allows ingress from the callers of a service.
pub(super) fn callers(graph: &Graph, service: &Workload) -> Vec<Commented> {
    let callers = service.from.iter().filter_map(|caller| graph.workload(caller));
    let rule = |caller: &Workload| {
        Commented::new(
            format!("from {}", caller.name),
            Some(vec![pods(&caller.pods)]),
            reached(graph, service),
        )
    };
    callers.map(rule).collect()
}

/// Allows egress to the services and to the addresses outside the cluster that a workload calls.
pub(super) fn calls(graph: &Graph, caller: &Workload) -> Vec<Commented> {
    let to_service = |service: &Workload| {
        Commented::new(
            format!("to {}", service.name),
            Some(vec![pods(&service.pods)]),
            reached(graph, service),
        )
    };
    let mut rules: Vec<Commented> = graph.called_by(&caller.name).map(to_service).collect();
    for external in graph.external_of(&caller.name) {
        let comment = format!("to {}, outside the cluster", external.name);
        rules.push(Commented::new(
            comment,
            Some(vec![Peer::Block(external.block.clone())]),
            tcp(&external.ports),
        ));
    }
    rules
}

/// Returns the ports of a service that policies allow: in the ambient mesh only that of the tunnel.
fn reached(graph: &Graph, service: &Workload) -> Option<Vec<PolicyPort>> {
    match graph.mesh.kind {
        MeshKind::IstioAmbient => tcp(&[HBONE]),
        MeshKind::IstioSidecar | MeshKind::None => tcp(&service.ports),
    }
}

fn pods(pods: &Pods) -> Peer {
    let namespace = Labels::from([(Namespace::NAME_LABEL.to_owned(), pods.namespace.clone())]);
    let namespaces = Some(Selector::of(&namespace));
    Peer::Pods(crate::model::Pods { namespaces, pods: Selector::of(&pods.labels) })
}

/// Returns ports of TCP; no ports are every port.
fn tcp(numbers: &[u16]) -> Option<Vec<PolicyPort>> {
    (!numbers.is_empty()).then(|| ports(Protocol::Tcp, numbers).collect())
}

fn ports(protocol: Protocol, numbers: &[u16]) -> impl Iterator<Item = PolicyPort> {
    numbers.iter().map(move |port| PolicyPort::Range(PortRange::one(protocol, *port)))
}
