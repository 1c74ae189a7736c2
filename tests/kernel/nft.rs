//! Policies as nftables rules at the node's end of each veth pair.
//!
//! A connection between pods passes the egress rules of one and then the ingress rules of the other; replies pass
//! with it. The rules reject packets, so that trials need no timeout; a network plugin would drop them.
//! NetworkPolicies do not apply to traffic between a pod and its node.

use crate::manifests::{Peer, Policy, Rule};
use crate::place::Place;
use std::fmt::Write as _;

/// Returns the rules for these pods, which replace existing ones.
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

/// Returns a line for each peer and protocol; `return` continues with the rules of the other pod.
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

/// Returns the addresses of a peer; `None` if no pod matches.
fn matched(peer: &Peer, namespace: &str, address: &str, pods: &[Place]) -> Option<String> {
    match peer {
        // The pods have IPv4 addresses only.
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
