//! 5: reach to services outside the mesh.

use super::facts::{Facts, Role};
use super::finding::{Code, Finding, Severity};
use super::remedy::{keep_peers, narrow};
use super::scene::{Scene, spoken};
use crate::model::{Direction, Peer, Policy, Workload};
use crate::ports::{PortRange, Ports, Protocol};
use crate::reach::Node;

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    for (class, facts) in scene.held(Direction::Egress) {
        if !facts.in_mesh() || facts.role != Role::Subject {
            continue;
        }
        let outside: Vec<(usize, Ports)> = (scene.reach.destinations(class).into_iter())
            .filter_map(|node| match node {
                Node::Class(to) if to != class => Some((to, outside(scene, class, to)?)),
                _ => None,
            })
            .collect();
        if outside.is_empty() {
            continue;
        }
        let nodes: Vec<Node> = outside.iter().map(|(to, _)| Node::Class(*to)).collect();
        let ports = spoken(&outside.iter().fold(Ports::default(), |all, (_, ports)| all.union(ports)));
        let others: Vec<&Workload> =
            outside.iter().flat_map(|(to, _)| scene.reach.members(*to).next()).collect();
        for workload in scene.reach.members(class) {
            let remedy = narrow(scene, workload, Direction::Egress, |policy, rule| {
                keep_peers(rule, |peer| (!is_one_of(scene, policy, peer, &others)).then(|| peer.clone()))
            });
            found.push(Finding {
                code: Code::OutsideMesh,
                severity: Severity::Medium,
                object: workload.object.clone(),
                message: format!(
                    "`{}` of the mesh may reach {ports} of {}, outside of it",
                    workload.name(),
                    scene.names(&nodes)
                ),
                impact: "whoever takes it over talks where no proxy checks, encrypts or logs a request"
                    .to_owned(),
                because: remedy.because,
                remedy: format!("# name the peers inside the mesh that it needs\n{}", remedy.manifests),
            });
        }
    }
}

/// The ports of a class outside the mesh that may be reached; names are asked for where names are told.
fn outside(scene: &Scene<'_>, from: usize, to: usize) -> Option<Ports> {
    let facts = scene.facts(to).filter(|facts| !facts.in_mesh())?;
    let ports = scene.reach.ports(Node::Class(from), Node::Class(to)).minus(&plumbing(scene, to, facts));
    (!ports.is_empty()).then_some(ports)
}

fn plumbing(scene: &Scene<'_>, class: usize, facts: &Facts) -> Ports {
    let dns = scene.reach.members(class).any(|workload| {
        workload
            .labels
            .get("k8s-app")
            .is_some_and(|name| matches!(name.as_str(), "kube-dns" | "node-local-dns"))
    });
    match facts.role {
        // What is wrong with these is finding 4.
        Role::Istiod | Role::Kubernetes => Ports::all(),
        _ if dns => {
            let ports = [53, 1053, 5353].into_iter();
            ports.flat_map(|port| [Protocol::Udp, Protocol::Tcp].map(|of| PortRange::one(of, port))).collect()
        }
        _ => Ports::default(),
    }
}

fn is_one_of(scene: &Scene<'_>, policy: &Policy, peer: &Peer, others: &[&Workload]) -> bool {
    let Peer::Pods(pods) = peer else { return false };
    others.iter().any(|other| pods.contains(scene.cluster, policy.namespace(), other))
}
