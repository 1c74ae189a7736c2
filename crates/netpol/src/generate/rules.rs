//! The rules of the policies.

use crate::address::Range;
use crate::model::graph::{Graph, GraphNode, MeshKind, Pods};
use crate::model::{HBONE, HEALTH, METRICS, Peer, PolicyPort, Rule, XDS};
use crate::ports::{PortRange, Protocol};

/// The source address of the kubelet's probes in the ambient mesh.
const PROBES: &str = "169.254.7.127/32";

/// A rule with the comment above it.
pub(super) type Commented = (String, Rule);

fn rule(comment: impl Into<String>, peers: Option<Vec<Peer>>, ports: Option<Vec<PolicyPort>>) -> Commented {
    (comment.into(), Rule { peers, ports })
}

/// Allows egress to the DNS servers.
pub(super) fn dns(graph: &Graph) -> Commented {
    let mut peers = vec![pods(&graph.dns.pods)];
    peers.extend(graph.dns.addresses.iter().copied().map(Peer::from));
    let ports = [Protocol::Udp, Protocol::Tcp].into_iter().flat_map(|of| ports(of, &graph.dns.ports));
    rule("DNS", Some(peers), Some(ports.collect()))
}

/// Allows egress to istiod.
pub(super) fn control_plane(graph: &Graph) -> Commented {
    let peers = vec![pods(&graph.mesh.control_plane)];
    rule("istiod: certificates and configuration", Some(peers), tcp(&[XDS]))
}

/// Allows ingress from the pods that scrape the metrics of proxies.
pub(super) fn metrics(graph: &Graph) -> Option<Commented> {
    let monitoring = graph.monitoring.as_ref()?;
    Some(rule("metrics of the proxy", Some(vec![pods(monitoring)]), tcp(&METRICS)))
}

/// Allows ingress from the kubelet in the ambient mesh, on every port: any port may have a probe.
pub(super) fn probes() -> Commented {
    rule("the kubelet's probes", Some(Range::block(PROBES).into_iter().map(Peer::from).collect()), None)
}

/// Allows ingress from everywhere to the listeners of a gateway.
pub(super) fn clients(graph: &Graph, gateway: &GraphNode) -> Vec<Commented> {
    let mut rules = vec![rule("the listeners, from anywhere", None, tcp(&gateway.ports))];
    if graph.mesh.kind != MeshKind::None {
        rules.push(rule("the load balancer's health check", None, tcp(&[HEALTH])));
        rules.extend(metrics(graph));
    }
    rules
}

/// Allows the egress that a gateway needs by itself. Policies for its namespace would apply to other workloads too.
pub(super) fn gateway_infrastructure(graph: &Graph) -> Vec<Commented> {
    let mesh = (graph.mesh.kind != MeshKind::None).then(|| control_plane(graph));
    [dns(graph)].into_iter().chain(mesh).collect()
}

/// Allows ingress from the callers of a service.
pub(super) fn callers(graph: &Graph, service: &GraphNode) -> Vec<Commented> {
    let callers = service.from.iter().filter_map(|caller| graph.workload(caller));
    let from = |caller: &GraphNode| {
        rule(format!("from {}", caller.name), Some(vec![pods(&caller.pods)]), reached(graph, service))
    };
    callers.map(from).collect()
}

/// Allows egress to the services and to the addresses outside the cluster that a workload calls.
pub(super) fn calls(graph: &Graph, caller: &GraphNode) -> Vec<Commented> {
    let to_service = |service: &GraphNode| {
        rule(format!("to {}", service.name), Some(vec![pods(&service.pods)]), reached(graph, service))
    };
    let mut rules: Vec<Commented> = graph.called_by(&caller.name).map(to_service).collect();
    for external in graph.external_of(&caller.name) {
        let comment = format!("to {}, outside the cluster", external.name);
        rules.push(rule(comment, Some(vec![Peer::Block(external.block.clone())]), tcp(&external.ports)));
    }
    rules
}

/// Returns the ports of a service that policies allow: in the ambient mesh only that of the tunnel.
fn reached(graph: &Graph, service: &GraphNode) -> Option<Vec<PolicyPort>> {
    match graph.mesh.kind {
        MeshKind::IstioAmbient => tcp(&[HBONE]),
        MeshKind::IstioSidecar | MeshKind::None => tcp(&service.ports),
    }
}

fn pods(pods: &Pods) -> Peer {
    Peer::pods(&pods.namespace, &pods.labels)
}

/// Returns ports of TCP; no ports are every port.
fn tcp(numbers: &[u16]) -> Option<Vec<PolicyPort>> {
    (!numbers.is_empty()).then(|| ports(Protocol::Tcp, numbers).collect())
}

fn ports(protocol: Protocol, numbers: &[u16]) -> impl Iterator<Item = PolicyPort> {
    numbers.iter().map(move |port| PolicyPort::Range(PortRange::one(protocol, *port)))
}
