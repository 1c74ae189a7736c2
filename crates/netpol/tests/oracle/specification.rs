//! The specification of the API, evaluated for one connection on the types of the API.

use k8s_openapi::api::core::v1::{Namespace, Pod};
use k8s_openapi::api::networking::v1::{IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;

pub struct Oracle<'w> {
    pub namespaces: &'w [Namespace],
    pub policies: &'w [NetworkPolicy],
}

/// An end of a connection.
#[derive(Clone, Copy)]
pub enum Other<'w> {
    Pod(&'w Pod),
    Address(IpAddr),
}

impl fmt::Display for Other<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pod(pod) => write!(f, "{}/Pod/{}", namespace(pod), pod.metadata.name.as_deref().unwrap()),
            Self::Address(address) => write!(f, "{address}"),
        }
    }
}

type Labels = BTreeMap<String, String>;

/// A rule of either direction: its peers and its ports.
type Rule<'w> = (Option<&'w Vec<NetworkPolicyPeer>>, Option<&'w Vec<NetworkPolicyPort>>);

fn namespace(pod: &Pod) -> &str {
    pod.metadata.namespace.as_deref().unwrap()
}

impl Oracle<'_> {
    /// "For a connection from a source pod to a destination pod to be allowed, both the egress policy on the source pod
    /// and the ingress policy on the destination pod need to allow the connection."
    pub fn allows(&self, from: Other<'_>, to: Other<'_>, protocol: &str, port: u16) -> bool {
        let asked = (to, protocol, port);
        self.side("Egress", from, to, asked) && self.side("Ingress", to, from, asked)
    }

    fn side(&self, direction: &str, own: Other<'_>, other: Other<'_>, asked: (Other<'_>, &str, u16)) -> bool {
        let Other::Pod(own) = own else { return true };
        if own.spec.as_ref().unwrap().host_network == Some(true) {
            return true;
        }
        let mut isolated = false;
        for policy in self.policies {
            let selects = policy.metadata.namespace.as_deref() == Some(namespace(own))
                && policy
                    .spec
                    .as_ref()
                    .unwrap()
                    .pod_selector
                    .as_ref()
                    .is_none_or(|pods| selects(pods, labels(own)));
            if !selects || !types(policy).contains(&direction) {
                continue;
            }
            isolated = true;
            for (peers, ports) in rules(policy, direction) {
                if self.peers(policy, peers, other) && self::ports(ports, asked) {
                    return true;
                }
            }
        }
        !isolated
    }

    /// "If this field is empty or missing, this rule matches all."
    fn peers(
        &self,
        policy: &NetworkPolicy,
        peers: Option<&Vec<NetworkPolicyPeer>>,
        other: Other<'_>,
    ) -> bool {
        match peers {
            None => true,
            Some(peers) if peers.is_empty() => true,
            Some(peers) => peers.iter().any(|peer| self.peer(policy, peer, other)),
        }
    }

    fn peer(&self, policy: &NetworkPolicy, peer: &NetworkPolicyPeer, other: Other<'_>) -> bool {
        match other {
            Other::Address(address) => peer.ip_block.as_ref().is_some_and(|found| block(found, address)),
            // Addresses of pods are not known.
            Other::Pod(_) if peer.ip_block.is_some() => false,
            Other::Pod(pod) => {
                let in_namespace = match &peer.namespace_selector {
                    Some(selector) => selects(selector, self.namespace_labels(namespace(pod))),
                    None => policy.metadata.namespace.as_deref() == Some(namespace(pod)),
                };
                let is_pod = peer.pod_selector.as_ref().is_none_or(|found| selects(found, labels(pod)));
                in_namespace && is_pod
            }
        }
    }

    fn namespace_labels(&self, name: &str) -> Labels {
        let found = self.namespaces.iter().find(|found| found.metadata.name.as_deref() == Some(name));
        let mut labels = found.and_then(|found| found.metadata.labels.clone()).unwrap_or_default();
        labels.insert("kubernetes.io/metadata.name".to_owned(), name.to_owned());
        labels
    }
}

/// "If this field is not specified, it will default based on the existence of ingress or egress rules."
fn types(policy: &NetworkPolicy) -> Vec<&str> {
    let spec = policy.spec.as_ref().unwrap();
    match spec.policy_types.as_deref() {
        Some(types) if !types.is_empty() => types.iter().map(String::as_str).collect(),
        _ if spec.egress.as_ref().is_some_and(|rules| !rules.is_empty()) => vec!["Ingress", "Egress"],
        _ => vec!["Ingress"],
    }
}

fn rules<'p>(policy: &'p NetworkPolicy, direction: &str) -> Vec<Rule<'p>> {
    let spec = policy.spec.as_ref().unwrap();
    if direction == "Ingress" {
        let rules = spec.ingress.iter().flatten();
        rules.map(|rule| (rule.from.as_ref(), rule.ports.as_ref())).collect()
    } else {
        let rules = spec.egress.iter().flatten();
        rules.map(|rule| (rule.to.as_ref(), rule.ports.as_ref())).collect()
    }
}

fn ports(ports: Option<&Vec<NetworkPolicyPort>>, asked: (Other<'_>, &str, u16)) -> bool {
    match ports {
        None => true,
        Some(ports) if ports.is_empty() => true,
        Some(ports) => ports.iter().any(|port| matches_port(port, asked)),
    }
}

fn matches_port(found: &NetworkPolicyPort, (to, protocol, port): (Other<'_>, &str, u16)) -> bool {
    if found.protocol.as_deref().unwrap_or("TCP") != protocol {
        return false;
    }
    match (&found.port, to) {
        (None, _) => true,
        (Some(IntOrString::Int(first)), _) => {
            let last = found.end_port.unwrap_or(*first);
            *first <= i32::from(port) && i32::from(port) <= last
        }
        (Some(IntOrString::String(name)), Other::Pod(pod)) => {
            let containers = &pod.spec.as_ref().unwrap().containers;
            containers.iter().flat_map(|container| container.ports.iter().flatten()).any(|declared| {
                declared.name.as_ref() == Some(name)
                    && declared.protocol.as_deref().unwrap_or("TCP") == protocol
                    && declared.container_port == i32::from(port)
            })
        }
        (Some(IntOrString::String(_)), Other::Address(_)) => false,
    }
}

fn block(found: &IPBlock, address: IpAddr) -> bool {
    let excepted = found.except.iter().flatten().any(|except| inside(except, address));
    inside(&found.cidr, address) && !excepted
}

fn inside(cidr: &str, address: IpAddr) -> bool {
    let (base, length) = cidr.split_once('/').unwrap();
    let bits = |address: IpAddr| match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    let (base, address) = (bits(base.parse().unwrap()), bits(address));
    let bit = |bytes: &[u8], index: usize| bytes[index / 8] >> (7 - index % 8) & 1;
    base.len() == address.len()
        && (0..length.parse().unwrap()).all(|index| bit(&base, index) == bit(&address, index))
}

fn labels(pod: &Pod) -> Labels {
    pod.metadata.labels.clone().unwrap_or_default()
}

fn selects(selector: &LabelSelector, labels: Labels) -> bool {
    let wanted = selector.match_labels.iter().flatten();
    let mut expressions = selector.match_expressions.iter().flatten();
    wanted.into_iter().all(|(key, value)| labels.get(key) == Some(value))
        && expressions.all(|expression| {
            let value = labels.get(&expression.key);
            let listed = value.is_some_and(|value| expression.values.iter().flatten().any(|v| v == value));
            match expression.operator.as_str() {
                "In" => listed,
                "NotIn" => !listed,
                "Exists" => value.is_some(),
                "DoesNotExist" => value.is_none(),
                other => unreachable!("{other}"),
            }
        })
}
