//! 7: a gateway that accepts more than the ports of its listeners.

use super::facts::Facts;
use super::finding::{Code, Finding, Severity};
use super::remedy::{keep_ports, narrow, tcp};
use super::scene::{Scene, spoken};
use crate::model::{Direction, Injection, Peer, Policy, Rule};
use crate::ports::Ports;
use crate::reach::Node;

/// Where a load balancer asks whether the gateway is ready.
const HEALTH: u16 = 15021;

/// Where metrics are read: Envoy's own, and those merged with the agent's.
const METRICS: [u16; 2] = [15090, 15020];

/// What the proxies of nodes speak among each other.
const HBONE: u16 = 15008;

const IMPACT: &str =
    "whoever gets there talks to parts of the gateway that no route and no policy of it is for";

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    let ambient = scene.classes().any(|(_, facts)| facts.injection == Injection::Ambient);
    for (class, facts) in scene.held(Direction::Ingress) {
        if facts.injection != Injection::Gateway {
            continue;
        }
        let accepts = facts.listens.union(&tcp(if ambient { &[HEALTH, HBONE] } else { &[HEALTH] }));
        let more = accepts.union(&tcp(&METRICS));
        let beyond = |node| if reads_metrics(scene, node) { &more } else { &accepts };
        let beyond: Vec<(Node, Ports)> = (scene.sources(class, &Ports::all()).into_iter())
            .map(|(node, ports)| (node, ports.minus(beyond(node))))
            .filter(|(_, ports)| !ports.is_empty())
            .collect();
        if beyond.is_empty() {
            continue;
        }
        let nodes: Vec<Node> = beyond.iter().map(|(node, _)| *node).collect();
        let ports = spoken(&beyond.iter().fold(Ports::default(), |all, (_, ports)| all.union(ports)));
        for workload in scene.reach.members(class) {
            let remedy = narrow(scene, workload, Direction::Ingress, |policy, rule| {
                let keep = if of_monitoring(scene, policy, rule) { &more } else { &accepts };
                keep_ports(rule, Some(workload), keep)
            });
            found.push(Finding {
                code: Code::GatewayPorts,
                severity: Severity::High,
                object: workload.object.clone(),
                message: format!(
                    "{} may reach {ports} of the gateway `{}`, where {}",
                    scene.names(&nodes),
                    workload.name(),
                    listeners(facts)
                ),
                impact: IMPACT.to_owned(),
                because: remedy.because,
                remedy: remedy.manifests,
            });
        }
    }
}

fn listeners(facts: &Facts) -> String {
    match facts.listens.is_empty() {
        true => "no Gateway has a listener".to_owned(),
        false => format!("listeners are on {}", facts.listens),
    }
}

fn reads_metrics(scene: &Scene<'_>, node: Node) -> bool {
    matches!(node, Node::Class(class) if scene.facts(class).is_some_and(|facts| facts.monitoring))
}

/// Whether the peers of a rule are pods of the namespaces that read metrics, and no others.
fn of_monitoring(scene: &Scene<'_>, policy: &Policy, rule: &Rule) -> bool {
    let Some(peers) = &rule.peers else { return false };
    peers.iter().all(|peer| {
        let Peer::Pods(pods) = peer else { return false };
        let mut matched =
            (scene.cluster.namespaces.iter()).filter(|(name, namespace)| match &pods.namespaces {
                Some(selector) => selector.matches(&namespace.labels),
                None => *name == policy.namespace(),
            });
        matched.all(|(name, _)| scene.options.monitoring.contains(name))
    })
}
