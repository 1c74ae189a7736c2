//! A NetworkPolicy as a manifest.

use crate::address::Range;
use crate::model::{Operator, Peer, Policy, PolicyPort, Rule, Selector};
use crate::ports::PortRange;
use serde_json::{Map, Value, json};

/// The manifest of a policy, with its types spelled out.
pub fn policy(policy: &Policy) -> Value {
    let mut spec = Map::new();
    spec.insert("podSelector".to_owned(), selector(&policy.pods));
    let mut types = Vec::new();
    for (name, field, end, rules) in
        [("Ingress", "ingress", "from", &policy.ingress), ("Egress", "egress", "to", &policy.egress)]
    {
        let Some(rules) = rules else { continue };
        types.push(name);
        if !rules.is_empty() {
            spec.insert(field.to_owned(), rules.iter().map(|found| rule(found, end)).collect());
        }
    }
    spec.insert("policyTypes".to_owned(), json!(types));
    json!({
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": policy.object.name, "namespace": policy.object.namespace},
        "spec": spec,
    })
}

fn rule(rule: &Rule, end: &str) -> Value {
    let mut fields = Map::new();
    if let Some(peers) = &rule.peers {
        fields.insert(end.to_owned(), peers.iter().map(peer).collect());
    }
    if let Some(ports) = &rule.ports {
        fields.insert("ports".to_owned(), ports.iter().map(port).collect());
    }
    Value::Object(fields)
}

fn peer(peer: &Peer) -> Value {
    match peer {
        Peer::Block(block) => {
            let excepts: Vec<String> = block.except.iter().flat_map(cidrs).collect();
            let cidr = cidrs(&block.range).into_iter().next();
            match excepts.is_empty() {
                true => json!({"ipBlock": {"cidr": cidr}}),
                false => json!({"ipBlock": {"cidr": cidr, "except": excepts}}),
            }
        }
        Peer::Pods(pods) => match &pods.namespaces {
            None => json!({"podSelector": selector(&pods.pods)}),
            Some(namespaces) if pods.pods.requirements.is_empty() => {
                json!({"namespaceSelector": selector(namespaces)})
            }
            Some(namespaces) => {
                json!({"namespaceSelector": selector(namespaces), "podSelector": selector(&pods.pods)})
            }
        },
    }
}

fn selector(selector: &Selector) -> Value {
    let (mut labels, mut expressions) = (Map::new(), Vec::new());
    for requirement in &selector.requirements {
        let key = &requirement.key;
        match &requirement.operator {
            Operator::In(values) if values.len() == 1 && !labels.contains_key(key) => {
                labels.insert(key.clone(), values.iter().next().cloned().into());
            }
            Operator::In(values) => {
                expressions.push(json!({"key": key, "operator": "In", "values": values}));
            }
            Operator::NotIn(values) => {
                expressions.push(json!({"key": key, "operator": "NotIn", "values": values}));
            }
            Operator::Exists => expressions.push(json!({"key": key, "operator": "Exists"})),
            Operator::DoesNotExist => expressions.push(json!({"key": key, "operator": "DoesNotExist"})),
        }
    }
    let mut fields = Map::new();
    if !labels.is_empty() {
        fields.insert("matchLabels".to_owned(), labels.into());
    }
    if !expressions.is_empty() {
        fields.insert("matchExpressions".to_owned(), expressions.into());
    }
    fields.into()
}

fn port(port: &PolicyPort) -> Value {
    match port {
        PolicyPort::Named(protocol, name) => json!({"protocol": protocol.name(), "port": name}),
        PolicyPort::Range(range) => {
            let PortRange { protocol, first, last } = *range;
            let protocol = protocol.name();
            match (first, last) {
                (1, u16::MAX) => json!({"protocol": protocol}),
                (first, last) if first == last => json!({"protocol": protocol, "port": first}),
                (first, last) => json!({"protocol": protocol, "port": first, "endPort": last}),
            }
        }
    }
}

/// The blocks that a range is made of; one for what was read from a block.
pub(crate) fn cidrs(range: &Range) -> Vec<String> {
    range.blocks().iter().map(|(range, length)| format!("{}/{length}", range.start())).collect()
}
