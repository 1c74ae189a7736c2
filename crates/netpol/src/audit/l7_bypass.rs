//! Finding 2: a workload whose L7 policy can be bypassed.

use super::facts::{Facts, Role};
use super::finding::{Code, Finding, Severity};
use super::remedy::{Remedy, keep_ports, narrow};
use super::scene::Scene;
use crate::model::{Direction, HBONE, Injection, Peer, Rule, Workload};
use crate::ports::{PortRange, Ports, Protocol};
use crate::reach::Node;

pub(super) const IMPACT: &str = "requests from there bypass the policies on hosts, paths, headers and tokens";

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    for (class, facts) in scene.subjects() {
        let Some(bypass) = bypass(scene, class, facts) else { continue };
        let Some((names, ports)) = scene.describe(&bypass.sources) else { continue };
        for workload in scene.reach.members(class) {
            let message = format!("{names} may reach {ports} of `{}` {}", workload.name(), bypass.how);
            let remedy = remedy(scene, workload, &bypass);
            found.push(remedy.finding(Code::L7Bypass, Severity::High, &workload.object, message, IMPACT));
        }
    }
}

/// Returns the connections that bypass the L7 policy: source, destination and ports.
pub(super) fn pairs(scene: &Scene<'_>) -> Vec<(Node, usize, Ports)> {
    let of = |(class, facts): (usize, &Facts)| {
        let sources = bypass(scene, class, facts).map(|bypass| bypass.sources).unwrap_or_default();
        sources.into_iter().map(move |(node, ports)| (node, class, ports)).collect::<Vec<_>>()
    };
    scene.subjects().flat_map(of).collect()
}

/// The connections that bypass the L7 policy of a class.
struct Bypass {
    sources: Vec<(Node, Ports)>,
    /// The rest of the message.
    how: &'static str,
    /// The ports that only `through` should reach.
    ports: Ports,
    /// The classes of proxies that run the module.
    through: Vec<usize>,
}

fn bypass(scene: &Scene<'_>, class: usize, facts: &Facts) -> Option<Bypass> {
    let tcp_of = |ports: &Ports| ports.intersection(&PortRange::every(Protocol::Tcp).into());
    let to = |ports: Ports, how: &'static str, through: Vec<usize>| {
        let is_checked = |from: &usize| through.contains(from) || runs_module(scene, *from);
        let is_checked = |node: &Node| matches!(node, Node::Class(from) if is_checked(from));
        let sources: Vec<_> = scene
            .sources(class, &ports)
            .into_iter()
            .filter(|(node, _)| through.is_empty() || !is_checked(node))
            .collect();
        (!sources.is_empty()).then_some(Bypass { sources, how, ports, through })
    };
    match facts.injection {
        Injection::Gateway => None,
        Injection::Sidecar if facts.runs_module => {
            to(facts.not_intercepted.clone(), "which its sidecar does not intercept", Vec::new())
        }
        Injection::None if facts.covered => {
            let every_port = Ports::all();
            let ports = if facts.app_ports.is_empty() { &every_port } else { &facts.app_ports };
            to(tcp_of(ports), "although a policy selects it: its pods have no proxy", Vec::new())
        }
        // Requests to the address of a pod, rather than to its service, do not pass the waypoint.
        Injection::Ambient if facts.waypoint => to(
            tcp_of(&app_ports(facts)),
            "without passing its waypoint, which runs the module",
            waypoints(scene),
        ),
        _ => {
            let (ports, through) = behind_gateways(scene, class, facts)?;
            to(ports, "without passing the gateway, which runs the module", through)
        }
    }
}

/// Returns the ports that accept requests: every port if none is known. An ambient pod also accepts them from the proxies of
/// nodes.
fn app_ports(facts: &Facts) -> Ports {
    if facts.app_ports.is_empty() {
        return Ports::all();
    }
    match facts.injection {
        Injection::Ambient => facts.app_ports.union(&PortRange::one(Protocol::Tcp, HBONE).into()),
        _ => facts.app_ports.clone(),
    }
}

fn runs_module(scene: &Scene<'_>, class: usize) -> bool {
    scene.facts(class).is_some_and(|facts| facts.runs_module)
}

fn waypoints(scene: &Scene<'_>) -> Vec<usize> {
    scene.classes().filter(|(_, facts)| is_waypoint(facts)).map(|(class, _)| class).collect()
}

pub(super) fn is_waypoint(facts: &Facts) -> bool {
    facts.injection == Injection::Gateway && facts.listens.contains(Protocol::Tcp, HBONE)
}

/// Returns the ports at which gateways that run the module reach a class, and those gateways.
fn behind_gateways(scene: &Scene<'_>, class: usize, facts: &Facts) -> Option<(Ports, Vec<usize>)> {
    if facts.role != Role::Subject {
        return None;
    }
    let gateways =
        scene.classes().filter(|(_, facts)| facts.injection == Injection::Gateway && facts.runs_module);
    let (mut ports, mut through) = (Ports::default(), Vec::new());
    for (gateway, _) in gateways {
        let reached = scene.reach.ports(Node::Class(gateway), Node::Class(class));
        let reached = reached.intersection(&app_ports(facts));
        if !reached.is_empty() {
            ports = ports.union(&reached);
            through.push(gateway);
        }
    }
    (!through.is_empty()).then_some((ports, through))
}

fn remedy(scene: &Scene<'_>, workload: &Workload, bypass: &Bypass) -> Remedy {
    let gateways: Vec<&Workload> =
        bypass.through.iter().flat_map(|class| scene.reach.members(*class)).collect();
    let is_gateway = |other: &Workload| gateways.iter().any(|gateway| gateway.object == other.object);
    narrow(scene, workload, Direction::Ingress, |policy, rule| {
        let other_ports = keep_ports(rule, Some(workload), &Ports::all().minus(&bypass.ports));
        if gateways.is_empty() || other_ports.as_ref() == Some(rule) {
            return other_ports;
        }
        let includes = |peer: &Peer, other: &Workload| scene.cluster.is_peer(peer, policy.namespace(), other);
        let only_gateways = |peer: &&Peer| {
            let mut others = scene.cluster.workloads.iter().filter(|other| !is_gateway(other));
            matches!(peer, Peer::Pods(_)) && !others.any(|other| includes(peer, other))
        };
        let kept: Vec<Peer> = rule.peers.iter().flatten().filter(only_gateways).cloned().collect();
        if !kept.is_empty() {
            return Some(Rule { peers: Some(kept), ..rule.clone() });
        }
        // A peer that includes gateways and others becomes one peer for each of the gateways.
        let is_allowed = |gateway: &&&Workload| {
            rule.peers.as_ref().is_none_or(|peers| peers.iter().any(|peer| includes(peer, gateway)))
        };
        let peers: Vec<Peer> = gateways
            .iter()
            .filter(is_allowed)
            .map(|gateway| Peer::pods(gateway.namespace(), &gateway.labels))
            .collect();
        if peers.is_empty() {
            return None;
        }
        let narrowed = Rule { peers: Some(peers), ports: rule.ports.clone() };
        keep_ports(&narrowed, Some(workload), &bypass.ports)
    })
}
