//! 2: a workload whose L7 policy can be walked around.

use super::facts::{Facts, Role};
use super::finding::{Code, Finding, Severity};
use super::remedy::{Remedy, keep_peers, keep_ports, narrow};
use super::scene::{Scene, spoken};
use crate::model::{Direction, Injection, Namespace, Operator, Peer, Pods, Requirement, Selector, Workload};
use crate::ports::{PortRange, Ports, Protocol};
use crate::reach::Node;

pub(super) const IMPACT: &str =
    "whoever is there sends requests that no policy on hosts, paths, headers or tokens judges";

/// The port over which the proxies of nodes hand on what was judged.
const HBONE: u16 = 15008;

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    for (class, facts) in scene.subjects() {
        let Some(way) = way(scene, class, facts) else { continue };
        let nodes: Vec<Node> = way.sources.iter().map(|(node, _)| *node).collect();
        let ports = spoken(&way.sources.iter().fold(Ports::default(), |all, (_, ports)| all.union(ports)));
        for workload in scene.reach.members(class) {
            let remedy = remedy(scene, workload, &way);
            found.push(Finding {
                code: Code::L7Bypass,
                severity: Severity::High,
                object: workload.object.clone(),
                message: format!(
                    "{} may reach {ports} of `{}` {}",
                    scene.names(&nodes),
                    workload.name(),
                    way.around
                ),
                impact: IMPACT.to_owned(),
                because: remedy.because,
                remedy: remedy.manifests,
            });
        }
    }
}

/// Which pairs of nodes talk around the L7 policy, and on which ports.
pub(super) fn walks(scene: &Scene<'_>) -> Vec<(Node, usize, Ports)> {
    let of = |(class, facts): (usize, &Facts)| {
        let sources = way(scene, class, facts).map(|way| way.sources).unwrap_or_default();
        sources.into_iter().map(move |(node, ports)| (node, class, ports)).collect::<Vec<_>>()
    };
    scene.subjects().flat_map(of).collect()
}

/// How the policy of a class is walked around, where it is.
struct Way {
    sources: Vec<(Node, Ports)>,
    around: String,
    /// The ports that only `through` may reach.
    ports: Ports,
    /// The proxies that carry the policy.
    through: Vec<usize>,
}

fn way(scene: &Scene<'_>, class: usize, facts: &Facts) -> Option<Way> {
    let tcp_of = |ports: Ports| {
        let tcp: Ports = [PortRange::every(Protocol::Tcp)].into_iter().collect();
        ports.intersection(&tcp)
    };
    let to = |ports: Ports, around: &str, through: Vec<usize>| {
        let carries = |node: &Node| matches!(node, Node::Class(from) if through.contains(from) || carries(scene, *from));
        let sources: Vec<_> = scene
            .sources(class, &ports)
            .into_iter()
            .filter(|(node, _)| through.is_empty() || !carries(node))
            .collect();
        (!sources.is_empty()).then(|| Way { sources, around: around.to_owned(), ports, through })
    };
    match facts.injection {
        Injection::Gateway => None,
        Injection::Sidecar if facts.carries => {
            to(facts.uncaught.clone(), "behind the back of the sidecar, which leaves them alone", Vec::new())
        }
        Injection::None if facts.covered => {
            let ports =
                tcp_of(if facts.app_ports.is_empty() { Ports::all() } else { facts.app_ports.clone() });
            to(ports, "without a proxy: a policy selects it, and its pods have none to run it", Vec::new())
        }
        // A pod that is addressed by itself, rather than by its service, is sent to without the waypoint.
        Injection::Ambient if facts.waypoint => to(
            tcp_of(app_ports(facts)),
            "without passing its waypoint, which carries the policy",
            waypoints(scene),
        ),
        _ => {
            let (ports, through) = behind(scene, class, facts)?;
            to(ports, "without passing the gateway, which carries the policy", through)
        }
    }
}

/// Where requests come in: every port where none is known; of an ambient pod, where the proxies of nodes hand them on too.
fn app_ports(facts: &Facts) -> Ports {
    if facts.app_ports.is_empty() {
        return Ports::all();
    }
    let mut ports = facts.app_ports.clone();
    if facts.injection == Injection::Ambient {
        ports.insert(PortRange::one(Protocol::Tcp, HBONE));
    }
    ports
}

fn carries(scene: &Scene<'_>, class: usize) -> bool {
    scene.facts(class).is_some_and(|facts| facts.carries)
}

fn waypoints(scene: &Scene<'_>) -> Vec<usize> {
    scene.classes().filter(|(_, facts)| is_waypoint(facts)).map(|(class, _)| class).collect()
}

pub(super) fn is_waypoint(facts: &Facts) -> bool {
    facts.injection == Injection::Gateway && facts.listens.contains(Protocol::Tcp, HBONE)
}

/// The ports at which gateways that carry the policy reach a class, and those gateways.
fn behind(scene: &Scene<'_>, class: usize, facts: &Facts) -> Option<(Ports, Vec<usize>)> {
    if facts.role != Role::Subject {
        return None;
    }
    let gateways =
        scene.classes().filter(|(_, facts)| facts.injection == Injection::Gateway && facts.carries);
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

fn remedy(scene: &Scene<'_>, workload: &Workload, way: &Way) -> Remedy {
    let gateways: Vec<&Workload> = way.through.iter().flat_map(|class| scene.reach.members(*class)).collect();
    narrow(scene, workload, Direction::Ingress, |policy, rule| {
        let others = Ports::all().minus(&way.ports);
        if gateways.is_empty() {
            return keep_ports(rule, Some(workload), &others);
        }
        // Who is no such proxy keeps the other ports of the rule, where it has some.
        let is_gateway = |peer: &Peer| match peer {
            Peer::Pods(pods) => {
                let mut of = scene.cluster.workloads.iter();
                let all = of.all(|other| {
                    !pods.contains(scene.cluster, policy.namespace(), other)
                        || gateways.iter().any(|gateway| gateway.object == other.object)
                });
                all.then(|| peer.clone())
            }
            Peer::Block(_) => None,
        };
        let untouched = keep_ports(rule, Some(workload), &others);
        if untouched.as_ref() == Some(rule) {
            return untouched;
        }
        keep_peers(rule, is_gateway).or_else(|| {
            let peers =
                rule.peers.is_none().then(|| gateways.iter().map(|gateway| peer(gateway)).collect())?;
            keep_ports(
                &crate::model::Rule { peers: Some(peers), ports: rule.ports.clone() },
                Some(workload),
                &way.ports,
            )
        })
    })
}

/// A gateway as a peer.
fn peer(gateway: &Workload) -> Peer {
    let key = Namespace::NAME_LABEL.to_owned();
    let operator = Operator::In([gateway.namespace().to_owned()].into());
    let namespaces = Selector { requirements: [Requirement { key, operator }].into() };
    Peer::Pods(Pods { namespaces: Some(namespaces), pods: Selector::of(&gateway.labels) })
}
