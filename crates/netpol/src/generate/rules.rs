//! The rules of the policies.

use super::cidr::Cidr;
use super::graph::{Graph, MeshKind, Workload};
use super::policy::{Rule, pods, port, range, tcp};
use super::yaml::Yaml;

/// Where istiod gives out certificates and configuration, over TLS.
const XDS: u16 = 15012;
/// Where a gateway tells the load balancer that it is ready.
const HEALTH: u16 = 15021;
/// Metrics: merged with the application's, and Envoy's own.
const METRICS: [u16; 2] = [15020, 15090];
/// The tunnels of the ambient mesh.
const HBONE: u16 = 15008;
/// The address that the kubelet's probes come from in the ambient mesh.
const PROBES: &str = "169.254.7.127/32";

/// To the servers that resolve names.
pub(super) fn dns(graph: &Graph) -> Rule {
    let mut peers = vec![pods(&graph.dns.pods)];
    peers.extend(graph.dns.addresses.iter().map(|cidr| range(*cidr, &[])));
    let over = |protocol| graph.dns.ports.iter().map(move |number| port(protocol, *number));
    Rule { comment: "DNS".to_owned(), peers, ports: over("UDP").chain(over("TCP")).collect() }
}

/// To istiod.
pub(super) fn control_plane(graph: &Graph) -> Rule {
    let peers = vec![pods(&graph.mesh.control_plane)];
    Rule { comment: "istiod: certificates and configuration".to_owned(), peers, ports: tcp(&[XDS]) }
}

/// From what scrapes the proxies' metrics.
pub(super) fn metrics(graph: &Graph) -> Option<Rule> {
    let monitoring = graph.monitoring.as_ref()?;
    let comment = "metrics of the proxy".to_owned();
    Some(Rule { comment, peers: vec![pods(monitoring)], ports: tcp(&METRICS) })
}

/// From the kubelet, in the ambient mesh: probes go to whatever port a pod names.
pub(super) fn probes() -> Rule {
    let peers = Cidr::parse(PROBES).map(|cidr| range(cidr, &[])).into_iter().collect();
    Rule { comment: "the kubelet's probes".to_owned(), peers, ports: Vec::new() }
}

/// From everybody to the listeners of a gateway.
pub(super) fn clients(graph: &Graph, gateway: &Workload) -> Vec<Rule> {
    let anybody = |comment: &str, ports: &[u16]| Rule {
        comment: comment.to_owned(),
        peers: Vec::new(),
        ports: tcp(ports),
    };
    let mut rules = vec![anybody("the listeners, from anywhere", &gateway.ports)];
    if graph.mesh.kind != MeshKind::None {
        rules.push(anybody("the load balancer's health check", &[HEALTH]));
        rules.extend(metrics(graph));
    }
    rules
}

/// What a gateway needs before it can pass on a request. Policies for its whole namespace would be for others too.
pub(super) fn plumbing_of_gateway(graph: &Graph) -> Vec<Rule> {
    let mut rules = vec![dns(graph)];
    if graph.mesh.kind != MeshKind::None {
        rules.push(control_plane(graph));
    }
    rules
}

/// From those that call a service.
pub(super) fn callers(graph: &Graph, service: &Workload) -> Vec<Rule> {
    let callers = service.from.iter().filter_map(|caller| graph.workload(caller));
    let rule = |caller: &Workload| Rule {
        comment: format!("from {}", caller.name),
        peers: vec![pods(&caller.pods)],
        ports: tcp(&reached(graph, service)),
    };
    callers.map(rule).collect()
}

/// To the services that this workload calls, and to its addresses outside the cluster.
pub(super) fn calls(graph: &Graph, caller: &Workload) -> Vec<Rule> {
    let to_service = |service: &Workload| Rule {
        comment: format!("to {}", service.name),
        peers: vec![pods(&service.pods)],
        ports: tcp(&reached(graph, service)),
    };
    let mut rules: Vec<Rule> = graph.called_by(&caller.name).map(to_service).collect();
    for external in graph.external_of(&caller.name) {
        let peers: Vec<Yaml> = vec![range(external.cidr, &external.except)];
        let comment = format!("to {}, outside the cluster", external.name);
        rules.push(Rule { comment, peers, ports: tcp(&external.ports) });
    }
    rules
}

/// The ports of a service's pods as a policy sees them: in the ambient mesh that of the tunnel alone.
fn reached(graph: &Graph, service: &Workload) -> Vec<u16> {
    match graph.mesh.kind {
        MeshKind::IstioAmbient => vec![HBONE],
        MeshKind::IstioSidecar | MeshKind::None => service.ports.clone(),
    }
}
