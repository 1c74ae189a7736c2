//! Writes a NetworkPolicy as a manifest.

use crate::address::Range;
use crate::model::{Labels, Operator, Peer, Policy, PolicyPort, Rule, Selector};
use crate::ports::PortRange;
use serde_json::Value;
use yaml::{Item, Yaml};

/// What a manifest contains besides its policy.
#[derive(Debug, Clone, Default)]
pub struct Notes {
    /// The labels of the policy.
    pub labels: Labels,
    /// The comments above the ingress rules, one for each.
    pub ingress: Vec<String>,
    /// The comments above the egress rules, one for each.
    pub egress: Vec<String>,
}

/// Returns the manifest of a policy with its types spelled out.
pub fn policy(policy: &Policy, notes: &Notes) -> String {
    let object = &policy.object;
    let mut metadata = vec![("name", text(&object.name)), ("namespace", text(policy.namespace()))];
    if !notes.labels.is_empty() {
        metadata.push(("labels", labels(&notes.labels)));
    }
    let directions = [
        ("Ingress", "ingress", "from", &policy.ingress, &notes.ingress),
        ("Egress", "egress", "to", &policy.egress, &notes.egress),
    ];
    let types = directions.iter().filter(|(.., rules, _)| rules.is_some()).map(|(name, ..)| text(*name));
    let mut spec = vec![("podSelector", selector(&policy.pods)), ("policyTypes", Yaml::list(types))];
    for (_, field, end, rules, comments) in directions {
        let Some(rules) = rules else { continue };
        let items = rules.iter().enumerate().map(|(index, found)| Item {
            comments: comments.get(index).cloned().into_iter().collect(),
            value: rule(found, end),
        });
        spec.push((field, Yaml::List(items.collect())));
    }
    Yaml::map([
        ("apiVersion", text("networking.k8s.io/v1")),
        ("kind", text("NetworkPolicy")),
        ("metadata", Yaml::map(metadata)),
        ("spec", Yaml::map(spec)),
    ])
    .document()
}

fn text(text: impl Into<String>) -> Yaml {
    Yaml::Flow(Value::String(text.into()))
}

fn labels(labels: &Labels) -> Yaml {
    Yaml::map(labels.iter().map(|(key, value)| (key.as_str(), text(value))))
}

fn rule(rule: &Rule, end: &str) -> Yaml {
    let peers = rule.peers.iter().map(|peers| (end, Yaml::list(peers.iter().map(peer))));
    let ports = rule.ports.iter().map(|ports| ("ports", Yaml::list(ports.iter().map(port))));
    Yaml::map(peers.chain(ports))
}

fn peer(peer: &Peer) -> Yaml {
    match peer {
        Peer::Block(block) => {
            let mut fields: Vec<_> = cidrs(&block.range).take(1).map(|cidr| ("cidr", cidr)).collect();
            if !block.except.is_empty() {
                fields.push(("except", Yaml::list(block.except.iter().flat_map(cidrs))));
            }
            Yaml::map([("ipBlock", Yaml::map(fields))])
        }
        Peer::Pods(pods) => {
            let namespaces = pods.namespaces.as_ref().map(|found| ("namespaceSelector", selector(found)));
            let every_pod = namespaces.is_some() && pods.pods.requirements.is_empty();
            let pods = (!every_pod).then(|| ("podSelector", selector(&pods.pods)));
            Yaml::map(namespaces.into_iter().chain(pods))
        }
    }
}

fn selector(selector: &Selector) -> Yaml {
    let (mut labels, mut expressions) = (Labels::new(), Vec::new());
    for requirement in &selector.requirements {
        let key = &requirement.key;
        let (operator, values) = match &requirement.operator {
            Operator::In(values) if values.len() == 1 && !labels.contains_key(key) => {
                labels.extend(values.iter().map(|value| (key.clone(), value.clone())));
                continue;
            }
            Operator::In(values) => ("In", Some(values)),
            Operator::NotIn(values) => ("NotIn", Some(values)),
            Operator::Exists => ("Exists", None),
            Operator::DoesNotExist => ("DoesNotExist", None),
        };
        let values = values.map(|values| ("values", Yaml::list(values.iter().map(text))));
        let fields = [("key", text(key)), ("operator", text(operator))];
        expressions.push(Yaml::map(fields.into_iter().chain(values)));
    }
    let labels = (!labels.is_empty()).then(|| ("matchLabels", self::labels(&labels)));
    let expressions = (!expressions.is_empty()).then(|| ("matchExpressions", Yaml::list(expressions)));
    Yaml::map(labels.into_iter().chain(expressions))
}

fn port(port: &PolicyPort) -> Yaml {
    let number = |name, port: u16| (name, Yaml::Flow(port.into()));
    match port {
        PolicyPort::Named(protocol, name) => {
            Yaml::map([("protocol", text(protocol.name())), ("port", text(name))])
        }
        PolicyPort::Range(PortRange { protocol, first, last }) => {
            let first_field = (!(*first == 1 && *last == u16::MAX)).then(|| number("port", *first));
            let last_field = first_field.as_ref().filter(|_| first != last).map(|_| number("endPort", *last));
            let protocol = ("protocol", text(protocol.name()));
            Yaml::map([Some(protocol), first_field, last_field].into_iter().flatten())
        }
    }
}

fn cidrs(range: &Range) -> impl Iterator<Item = Yaml> {
    range.cidrs().into_iter().map(|cidr| text(cidr.to_string()))
}
