//! Reads NetworkPolicies with their defaults, and reports what the API server refuses.

use super::names::is_port_name;
use super::selector::selector;
use crate::address::Range;
use crate::model::{Block, ObjectRef, Peer, Pods, Policy, PolicyPort, Rule, Selector};
use crate::ports::{PortRange, Protocol};
use diagnostics::{Diagnostics, did_you_mean};
use k8s_openapi::api::networking::v1::{IPBlock, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use yaml::At;

/// Reads a policy; `at` is the place of its `spec`.
pub(super) fn policy(
    at: At<'_>,
    object: ObjectRef,
    spec: &NetworkPolicySpec,
    problems: &mut Diagnostics,
) -> Policy {
    let pods = match &spec.pod_selector {
        Some(pods) => selector(at.field("podSelector"), pods, problems),
        None => Selector::default(),
    };
    let mut rules = |field: &str, index: usize, peers: (&str, Option<&Vec<NetworkPolicyPeer>>), ports| {
        rule(at.field(field).item(index), peers, ports, problems)
    };
    let ingress: Vec<Rule> = (spec.ingress.iter().flatten().enumerate())
        .map(|(index, rule)| rules("ingress", index, ("from", rule.from.as_ref()), rule.ports.as_ref()))
        .collect();
    let egress: Vec<Rule> = (spec.egress.iter().flatten().enumerate())
        .map(|(index, rule)| rules("egress", index, ("to", rule.to.as_ref()), rule.ports.as_ref()))
        .collect();
    let (about_ingress, about_egress) = types(at.field("policyTypes"), spec, problems);
    let ingress = about_ingress.then_some(ingress);
    let egress = about_egress.then_some(egress);
    Policy { object, pods, ingress, egress }
}

/// Returns the directions that a policy isolates. "Policies that contain an egress section are assumed to affect egress, and all
/// policies (whether or not they contain an ingress section) are assumed to affect ingress": the API server takes an
/// empty section for none, and an empty list of types for a missing one.
fn types(at: At<'_>, spec: &NetworkPolicySpec, problems: &mut Diagnostics) -> (bool, bool) {
    let types = spec.policy_types.as_deref().unwrap_or_default();
    for (index, found) in types.iter().enumerate() {
        if !matches!(found.as_str(), "Ingress" | "Egress") {
            let help = did_you_mean(found, ["Ingress", "Egress"]);
            let message = format!("unknown policy type `{found}`");
            problems.error(at.item(index).span(), "unknown_value", message, help);
        }
    }
    let has = |name: &str| types.iter().any(|found| found == name);
    match types {
        [] => (true, spec.egress.as_ref().is_some_and(|rules| !rules.is_empty())),
        _ => (has("Ingress"), has("Egress")),
    }
}

fn rule(
    at: At<'_>,
    (field, peers): (&str, Option<&Vec<NetworkPolicyPeer>>),
    ports: Option<&Vec<NetworkPolicyPort>>,
    problems: &mut Diagnostics,
) -> Rule {
    let peers: Vec<_> = (peers.into_iter().flatten().enumerate())
        .map(|(index, found)| peer(at.field(field).item(index), found, problems))
        .collect();
    let ports: Vec<_> = (ports.into_iter().flatten().enumerate())
        .map(|(index, found)| port(at.field("ports").item(index), found, problems))
        .collect();
    // "If this field is empty or missing, this rule matches all"; an invalid item is a problem and matches nothing.
    let peers = (!peers.is_empty()).then(|| peers.into_iter().flatten().collect());
    let ports = (!ports.is_empty()).then(|| ports.into_iter().flatten().collect());
    Rule { peers, ports }
}

fn peer(at: At<'_>, found: &NetworkPolicyPeer, problems: &mut Diagnostics) -> Option<Peer> {
    let selectors = found.pod_selector.is_some() || found.namespace_selector.is_some();
    match (&found.ip_block, selectors) {
        (Some(_), true) => {
            let help = "write two peers";
            problems.error(at.span(), "invalid_peer", "a peer with `ipBlock` cannot have a selector", help);
            None
        }
        (Some(found), false) => block(at.field("ipBlock"), found, problems).map(Peer::Block),
        (None, true) => {
            let namespaces = found.namespace_selector.as_ref();
            let namespaces = namespaces.map(|found| selector(at.field("namespaceSelector"), found, problems));
            let pods = found.pod_selector.as_ref();
            let pods = pods.map(|found| selector(at.field("podSelector"), found, problems));
            Some(Peer::Pods(Pods { namespaces, pods: pods.unwrap_or_default() }))
        }
        (None, false) => {
            let help = "write `podSelector`, `namespaceSelector` or `ipBlock`";
            problems.error(at.span(), "invalid_peer", "empty peer", help);
            None
        }
    }
}

fn block(at: At<'_>, found: &IPBlock, problems: &mut Diagnostics) -> Option<Block> {
    let mut read = |at: At<'_>, text: &str| {
        let range = Range::block(text);
        if let Err(message) = &range {
            problems.error(at.span(), "invalid_block", message.clone(), "write a block such as `10.0.0.0/8`");
        }
        range.ok()
    };
    let range = read(at.field("cidr"), &found.cidr);
    let mut excepts = Vec::new();
    for (index, text) in found.except.iter().flatten().enumerate() {
        excepts.push(read(at.field("except").item(index), text));
    }
    let range = range?;
    for (index, except) in excepts.iter().enumerate() {
        if except.is_some_and(|except| !range.contains(&except) || except == range) {
            let message = format!("the exception is not a part of `{}`", found.cidr);
            let help = "write a smaller block inside it";
            problems.error(at.field("except").item(index).span(), "invalid_block", message, help);
        }
    }
    Some(Block { range, except: excepts.into_iter().flatten().collect() })
}

fn port(at: At<'_>, found: &NetworkPolicyPort, problems: &mut Diagnostics) -> Option<PolicyPort> {
    let protocol = protocol(at.field("protocol"), found.protocol.as_deref(), problems)?;
    let mut refuse = |field: &str, message: String, help: &str| {
        problems.error(at.field(field).span(), "invalid_port", message, help);
        None
    };
    match (&found.port, found.end_port) {
        (None, None) => Some(PolicyPort::Range(PortRange::every(protocol))),
        (None, Some(_)) => refuse("endPort", "`endPort` without `port`".to_owned(), "add `port`"),
        (Some(IntOrString::String(_)), Some(_)) => {
            refuse("endPort", "`endPort` needs a port number".to_owned(), "write `port` as a number")
        }
        (Some(IntOrString::String(name)), None) if is_port_name(name) => {
            Some(PolicyPort::Named(protocol, name.clone()))
        }
        (Some(IntOrString::String(name)), None) if name.parse::<u16>().is_ok() => {
            refuse("port", format!("`{name}` in quotes is a port name"), "write the number without quotes")
        }
        (Some(IntOrString::String(name)), None) => {
            let help = "use at most 15 lower-case letters, digits and `-`";
            refuse("port", format!("invalid port name `{name}`"), help)
        }
        (Some(IntOrString::Int(first)), last) => {
            let number = |port: i32| u16::try_from(port).ok().filter(|port| *port > 0);
            let help = "write a number from 1 to 65535";
            let last = last.unwrap_or(*first);
            match (number(*first), number(last)) {
                (None, _) => refuse("port", format!("invalid port `{first}`"), help),
                (_, None) => refuse("endPort", format!("invalid port `{last}`"), help),
                (Some(first), Some(last)) if last < first => {
                    refuse("endPort", format!("`endPort` {last} is below `port` {first}"), "")
                }
                (Some(first), Some(last)) => Some(PolicyPort::Range(PortRange { protocol, first, last })),
            }
        }
    }
}

/// Reads a protocol; the default is TCP.
pub(super) fn protocol(at: At<'_>, found: Option<&str>, problems: &mut Diagnostics) -> Option<Protocol> {
    let Some(found) = found else { return Some(Protocol::Tcp) };
    let protocol = found.parse().ok();
    if protocol.is_none() {
        let help = did_you_mean(found, Protocol::ALL.map(Protocol::name));
        problems.error(at.span(), "unknown_value", format!("unknown protocol `{found}`"), help);
    }
    protocol
}
