//! Finding 5: workloads of the mesh that reach services outside it.

use super::facts::{Facts, Role};
use super::finding::{Code, Finding, Severity};
use super::remedy::{Remedy, keep_peers, keep_ports, narrow};
use super::scene::Scene;
use crate::model::{Direction, Peer, Workload};
use crate::ports::{PortRange, Ports, Protocol};
use crate::reach::Node;

const IMPACT: &str = "an attacker in the pod can connect where no proxy checks, encrypts or logs requests";

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    for (class, facts) in scene.isolated(Direction::Egress) {
        if !facts.in_mesh() || facts.role != Role::Subject {
            continue;
        }
        let outside: Vec<(usize, Ports)> = (scene.reach.destinations(class).into_iter())
            .filter_map(|node| match node {
                Node::Class(to) if to != class => Some((to, outside(scene, class, to)?)),
                _ => None,
            })
            .collect();
        let destinations: Vec<(Node, Ports)> =
            outside.iter().map(|(to, ports)| (Node::Class(*to), ports.clone())).collect();
        let Some((names, ports)) = scene.describe(&destinations) else { continue };
        for workload in scene.reach.members(class) {
            let remedy = remedy(scene, workload, &outside)
                .with_comment("the peers inside the mesh: remove those that it does not need");
            let message =
                format!("`{}` of the mesh may reach {ports} of {names}, outside of it", workload.name());
            let object = &workload.object;
            found.push(remedy.finding(Code::OutsideMesh, Severity::Medium, object, message, IMPACT));
        }
    }
}

/// Replaces each peer that includes workloads outside the mesh by the other workloads that it includes.
fn remedy(scene: &Scene<'_>, workload: &Workload, outside: &[(usize, Ports)]) -> Remedy {
    let first = |class: usize| scene.reach.members(class).next();
    let others: Vec<(&Workload, &Ports)> =
        outside.iter().filter_map(|(class, ports)| Some((first(*class)?, ports))).collect();
    let inside: Vec<&Workload> = (scene.classes())
        .filter(|(class, facts)| !facts.implied && !outside.iter().any(|(other, _)| other == class))
        .flat_map(|(class, _)| scene.reach.members(class))
        .collect();
    narrow(scene, workload, Direction::Egress, |policy, rule| {
        let includes = |peer: &Peer, other: &Workload| scene.cluster.is_peer(peer, policy.namespace(), other);
        keep_peers(rule, |peer| {
            let is_outside = others.iter().any(|(other, ports)| {
                includes(peer, other) && keep_ports(rule, Some(other), ports).is_some()
            });
            if !is_outside {
                return vec![peer.clone()];
            }
            let mut peers: Vec<Peer> = Vec::new();
            for other in inside.iter().filter(|other| includes(peer, other)) {
                let peer = Peer::pods(other.namespace(), &other.labels);
                if !peers.contains(&peer) {
                    peers.push(peer);
                }
            }
            peers
        })
    })
}

/// Returns the ports of a class outside the mesh that a class may reach, except those of the infrastructure such as DNS.
fn outside(scene: &Scene<'_>, from: usize, to: usize) -> Option<Ports> {
    let facts = scene.facts(to).filter(|facts| !facts.in_mesh())?;
    let ports = scene.reach.ports(Node::Class(from), Node::Class(to)).minus(&plumbing(scene, to, facts));
    (!ports.is_empty()).then_some(ports)
}

fn plumbing(scene: &Scene<'_>, class: usize, facts: &Facts) -> Ports {
    let name = |workload: &Workload| workload.labels.get("k8s-app").cloned().unwrap_or_default();
    let dns = scene.reach.members(class).any(|of| matches!(&*name(of), "kube-dns" | "node-local-dns"));
    match facts.role {
        // Finding 4 covers these.
        Role::Istiod | Role::Kubernetes => Ports::all(),
        _ if dns => {
            let ports = [53, 1053, 5353].into_iter();
            ports.flat_map(|port| [Protocol::Udp, Protocol::Tcp].map(|of| PortRange::one(of, port))).collect()
        }
        _ => Ports::default(),
    }
}
