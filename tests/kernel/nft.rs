//! Policies as rules of nftables, at the node's end of each pod's cable.
//!
//! A connection from pod to pod passes the egress rules of the one and then the ingress rules of the other; answers pass
//! with it. What the rules refuse is told so at once: a plugin drops it, and each trial would wait for nothing.
//! What a pod sends to its own node and the node to it is no matter of a NetworkPolicy.

use crate::manifests::{Peer, Policy, Rule};
use crate::node::Place;
use std::fmt::Write as _;

/// The rules for these pods, which take the place of those that were there.
pub fn ruleset(pods: &[Place], policies: &[Policy]) -> String {
    let mut chains = String::new();
    let mut jumps = String::new();
    for (direction, side, address) in [("egress", "iifname", "daddr"), ("ingress", "oifname", "saddr")] {
        for place in pods {
            let selecting: Vec<&Policy> = policies.iter().filter(|policy| selects(policy, place)).collect();
            let rules: Vec<&Vec<Rule>> = selecting
                .iter()
                .filter_map(|policy| {
                    if direction == "egress" { &policy.egress } else { &policy.ingress }.as_ref()
                })
                .collect();
            if rules.is_empty() {
                continue;
            }
            let chain = format!("{direction}-{}", place.link());
            let _ = writeln!(jumps, "    {side} \"{}\" jump {chain}", place.link());
            let _ = writeln!(chains, "  chain {chain} {{");
            let own = selecting.first().map(|policy| policy.namespace.as_str()).unwrap_or_default();
            for rule in rules.into_iter().flatten() {
                write_rule(&mut chains, rule, own, address, pods);
            }
            chains.push_str("    reject with icmp type admin-prohibited\n  }\n");
        }
    }
    format!(
        "table ip policies {{\n}}\ndelete table ip policies\ntable ip policies {{\n{chains}  chain forward {{\n    type filter \
         hook forward priority filter; policy accept;\n    ct state established,related accept\n{jumps}  }}\n}}\n"
    )
}

fn selects(policy: &Policy, place: &Place) -> bool {
    place.namespace == policy.namespace && policy.pods.selects(&place.labels)
}

/// A line for each peer and protocol; `return` is on to the rules of the other side.
fn write_rule(out: &mut String, rule: &Rule, namespace: &str, address: &str, pods: &[Place]) {
    let peers: Vec<String> = match &rule.peers {
        None => vec![String::new()],
        Some(peers) => peers.iter().filter_map(|peer| matched(peer, namespace, address, pods)).collect(),
    };
    let ports: Vec<String> = match &rule.ports {
        None => vec![String::new()],
        Some(ports) => ports.iter().map(|(protocol, port)| format!("{protocol} dport {port} ")).collect(),
    };
    for peer in &peers {
        for port in &ports {
            let _ = writeln!(out, "    {peer}{port}return");
        }
    }
}

/// The addresses of a peer; `None` where no pod is one.
fn matched(peer: &Peer, namespace: &str, address: &str, pods: &[Place]) -> Option<String> {
    match peer {
        // The pods here have addresses of IPv4 alone.
        Peer::Range { cidr, .. } if cidr.contains(':') => None,
        Peer::Range { cidr, except } if except.is_empty() => Some(format!("ip {address} {cidr} ")),
        Peer::Range { cidr, except } => {
            Some(format!("ip {address} {cidr} ip {address} != {{ {} }} ", except.join(", ")))
        }
        Peer::Pods { namespaces, pods: selector } => {
            let is_peer = |place: &&Place| {
                namespaces.as_ref().map_or(place.namespace == namespace, |namespaces| {
                    namespaces.selects(&place.namespace_labels())
                }) && selector.as_ref().is_none_or(|selector| selector.selects(&place.labels))
            };
            let addresses: Vec<String> =
                pods.iter().filter(is_peer).map(|place| place.address.to_string()).collect();
            (!addresses.is_empty()).then(|| format!("ip {address} {{ {} }} ", addresses.join(", ")))
        }
    }
}
