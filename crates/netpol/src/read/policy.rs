//! Reads NetworkPolicies with their defaults, and reports what the API server rejects.

use super::names::is_port_name;
use super::reader::Reader;
use super::selector::selector;
use crate::address::Range;
use crate::model::{Block, Peer, Pods, Policy, PolicyPort, Rule};
use crate::ports::{PortRange, Protocol};
use diagnostics::{Diagnostics, did_you_mean};
use k8s_openapi::api::networking::v1::{
    IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec,
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use yaml::At;

/// Reads a policy.
pub(super) fn policy(reader: &mut Reader<'_>) {
    let Some(read) = reader.typed::<NetworkPolicy>() else { return };
    let Some(object) = reader.reference(&read.metadata) else { return };
    let (at, problems) = (At::new(reader.node), &mut *reader.problems);
    let Some(spec) = read.spec else {
        problems.error(at.span(), "missing_field", "missing field `spec`", "add `spec`");
        return;
    };
    let at = at.field("spec");
    let pods = spec.pod_selector.as_ref().map(|pods| selector(at.field("podSelector"), pods, problems));
    let ingress: Vec<Rule> = (at.items("ingress", spec.ingress.iter().flatten()))
        .map(|(at, found)| rule(at, ("from", found.from.as_ref()), found.ports.as_ref(), problems))
        .collect();
    let egress: Vec<Rule> = (at.items("egress", spec.egress.iter().flatten()))
        .map(|(at, found)| rule(at, ("to", found.to.as_ref()), found.ports.as_ref(), problems))
        .collect();
    let (isolates_ingress, isolates_egress) = types(at, &spec, problems);
    reader.builder.cluster.policies.push(Policy {
        object,
        pods: pods.unwrap_or_default(),
        ingress: isolates_ingress.then_some(ingress),
        egress: isolates_egress.then_some(egress),
    });
}

/// Returns the directions that a policy isolates. "Policies that contain an egress section are assumed to affect egress, and all
/// policies (whether or not they contain an ingress section) are assumed to affect ingress": the API server takes an
/// empty section for none, and an empty list of types for a missing one.
fn types(at: At<'_>, spec: &NetworkPolicySpec, problems: &mut Diagnostics) -> (bool, bool) {
    let types = spec.policy_types.as_deref().unwrap_or_default();
    for (at, found) in at.items("policyTypes", types) {
        if !matches!(found.as_str(), "Ingress" | "Egress") {
            let help = did_you_mean(found, ["Ingress", "Egress"]);
            let message = format!("unknown policy type `{found}`");
            problems.error(at.span(), "unknown_value", message, help);
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
    let peers = at.items(field, peers.into_iter().flatten());
    let peers: Vec<_> = peers.map(|(at, found)| peer(at, found, problems)).collect();
    let ports = at.items("ports", ports.into_iter().flatten());
    let ports: Vec<_> = ports.map(|(at, found)| port(at, found, problems)).collect();
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
    let excepts = at.items("except", found.except.iter().flatten());
    let excepts: Vec<_> = excepts.filter_map(|(at, text)| Some((at, read(at, text)?))).collect();
    let range = range?;
    for (at, _) in excepts.iter().filter(|(_, except)| !range.contains(except) || *except == range) {
        let message = format!("the exception is not a part of `{}`", found.cidr);
        problems.error(at.span(), "invalid_block", message, "write a smaller block inside it");
    }
    Some(Block { range, except: excepts.into_iter().map(|(_, except)| except).collect() })
}

fn port(at: At<'_>, found: &NetworkPolicyPort, problems: &mut Diagnostics) -> Option<PolicyPort> {
    let protocol = protocol(at.field("protocol"), found.protocol.as_deref(), problems)?;
    let mut reject = |field: &str, message: String, help: &str| {
        problems.error(at.field(field).span(), "invalid_port", message, help);
        None
    };
    match (&found.port, found.end_port) {
        (None, None) => Some(PolicyPort::Range(PortRange::every(protocol))),
        (None, Some(_)) => reject("endPort", "`endPort` without `port`".to_owned(), "add `port`"),
        (Some(IntOrString::String(_)), Some(_)) => {
            reject("endPort", "`endPort` needs a port number".to_owned(), "write `port` as a number")
        }
        (Some(IntOrString::String(name)), None) if is_port_name(name) => {
            Some(PolicyPort::Named(protocol, name.clone()))
        }
        (Some(IntOrString::String(name)), None) if name.parse::<u16>().is_ok() => {
            reject("port", format!("`{name}` in quotes is a port name"), "write the number without quotes")
        }
        (Some(IntOrString::String(name)), None) => {
            let help = "use at most 15 lower-case letters, digits and `-`";
            reject("port", format!("invalid port name `{name}`"), help)
        }
        (Some(IntOrString::Int(first)), last) => {
            let help = "write a number from 1 to 65535";
            let last = last.unwrap_or(*first);
            match (port_number(*first), port_number(last)) {
                (None, _) => reject("port", format!("invalid port `{first}`"), help),
                (_, None) => reject("endPort", format!("invalid port `{last}`"), help),
                (Some(first), Some(last)) if last < first => {
                    reject("endPort", format!("`endPort` {last} is below `port` {first}"), "")
                }
                (Some(first), Some(last)) => Some(PolicyPort::Range(PortRange { protocol, first, last })),
            }
        }
    }
}

/// Returns a port; none if it is not from 1 to 65535.
pub(super) fn port_number(port: impl TryInto<u16>) -> Option<u16> {
    port.try_into().ok().filter(|port| *port > 0)
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
