//! Finding 7: a gateway that accepts more than the ports of its listeners.

use super::facts::Facts;
use super::finding::{Code, Finding, Severity};
use super::remedy::{keep_ports, narrow, tcp};
use super::scene::Scene;
use crate::model::{Direction, HBONE, HEALTH, Injection, METRICS, Peer, Policy, Rule};
use crate::ports::Ports;
use crate::reach::Node;

const IMPACT: &str =
    "an attacker there can reach parts of the gateway that its routes and policies do not cover";

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    let ambient = scene.classes().any(|(_, facts)| facts.injection == Injection::Ambient);
    for (class, facts) in scene.isolated(Direction::Ingress) {
        if facts.injection != Injection::Gateway {
            continue;
        }
        let accepts = facts.listens.union(&tcp(if ambient { &[HEALTH, HBONE] } else { &[HEALTH] }));
        let with_metrics = accepts.union(&tcp(&METRICS));
        let expected = |node| if reads_metrics(scene, node) { &with_metrics } else { &accepts };
        let beyond: Vec<(Node, Ports)> = (scene.sources(class, &Ports::all()).into_iter())
            .map(|(node, ports)| (node, ports.minus(expected(node))))
            .filter(|(_, ports)| !ports.is_empty())
            .collect();
        let Some((names, ports)) = scene.describe(&beyond) else { continue };
        for workload in scene.reach.members(class) {
            let remedy = narrow(scene, workload, Direction::Ingress, |policy, rule| {
                let keep = if is_for_monitoring(scene, policy, rule) { &with_metrics } else { &accepts };
                keep_ports(rule, Some(workload), keep)
            });
            let (name, listeners) = (workload.name(), listeners(facts));
            let message = format!("{names} may reach {ports} of the gateway `{name}`, where {listeners}");
            found.push(remedy.finding(Code::GatewayPorts, Severity::High, &workload.object, message, IMPACT));
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

/// Returns true if the peers of a rule are pods of the namespaces that read metrics, and no others.
fn is_for_monitoring(scene: &Scene<'_>, policy: &Policy, rule: &Rule) -> bool {
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
