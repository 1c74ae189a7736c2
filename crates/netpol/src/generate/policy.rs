//! A NetworkPolicy as a YAML document.

use super::cidr::Cidr;
use super::graph::Pods;
use super::yaml::{Item, Yaml};
use std::collections::BTreeMap;

/// A policy that isolates what it selects in the directions that it has.
#[derive(Debug)]
pub(super) struct Policy<'g> {
    pub(super) graph: &'g str,
    pub(super) name: String,
    pub(super) namespace: &'g str,
    /// `None` selects each pod of the namespace.
    pub(super) selector: Option<&'g BTreeMap<String, String>>,
    pub(super) ingress: Option<Vec<Rule>>,
    pub(super) egress: Option<Vec<Rule>>,
}

/// A rule: these peers on these ports.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) comment: String,
    /// Nothing is anybody.
    pub(super) peers: Vec<Yaml>,
    /// Nothing is every port.
    pub(super) ports: Vec<Yaml>,
}

/// These pods as a peer.
pub(super) fn pods(pods: &Pods) -> Yaml {
    let namespace = BTreeMap::from([("kubernetes.io/metadata.name".to_owned(), pods.namespace.clone())]);
    Yaml::map([
        ("namespaceSelector", selector(Some(&namespace))),
        ("podSelector", selector(Some(&pods.labels))),
    ])
}

/// This range as a peer.
pub(super) fn range(cidr: Cidr, except: &[Cidr]) -> Yaml {
    let mut fields = vec![("cidr".to_owned(), Yaml::text(cidr.to_string()))];
    if !except.is_empty() {
        let except = Yaml::list(except.iter().map(|part| Yaml::text(part.to_string())));
        fields.push(("except".to_owned(), except));
    }
    Yaml::map([("ipBlock", Yaml::Map(fields))])
}

/// These ports over TCP.
pub(super) fn tcp(ports: &[u16]) -> Vec<Yaml> {
    ports.iter().map(|port| self::port("TCP", *port)).collect()
}

/// A port.
pub(super) fn port(protocol: &str, port: u16) -> Yaml {
    Yaml::map([("protocol", Yaml::text(protocol)), ("port", Yaml::Number(port))])
}

fn selector(labels: Option<&BTreeMap<String, String>>) -> Yaml {
    let Some(labels) = labels else { return Yaml::map([]) };
    let labels = labels.iter().map(|(key, value)| (key.clone(), Yaml::text(value))).collect();
    Yaml::map([("matchLabels", Yaml::Map(labels))])
}

impl Policy<'_> {
    /// The text of the document.
    pub(super) fn document(&self) -> String {
        let labels = Yaml::map([
            ("app.kubernetes.io/managed-by", Yaml::text("ringfence")),
            ("app.kubernetes.io/part-of", Yaml::text(self.graph)),
        ]);
        let metadata = Yaml::map([
            ("name", Yaml::text(&self.name)),
            ("namespace", Yaml::text(self.namespace)),
            ("labels", labels),
        ]);
        let directions = [("Ingress", self.ingress.is_some()), ("Egress", self.egress.is_some())];
        let types =
            directions.into_iter().filter(|(_, isolated)| *isolated).map(|(name, _)| Yaml::text(name));
        let mut spec = vec![
            ("podSelector".to_owned(), selector(self.selector)),
            ("policyTypes".to_owned(), Yaml::list(types)),
        ];
        for (field, peers, rules) in [("ingress", "from", &self.ingress), ("egress", "to", &self.egress)] {
            if let Some(rules) = rules {
                let rules = rules.iter().map(|rule| rule.item(peers)).collect();
                spec.push((field.to_owned(), Yaml::List(rules)));
            }
        }
        Yaml::map([
            ("apiVersion", Yaml::text("networking.k8s.io/v1")),
            ("kind", Yaml::text("NetworkPolicy")),
            ("metadata", metadata),
            ("spec", Yaml::Map(spec)),
        ])
        .document()
    }
}

impl Rule {
    fn item(&self, peers: &str) -> Item {
        let mut fields = Vec::new();
        for (field, values) in [(peers, &self.peers), ("ports", &self.ports)] {
            if !values.is_empty() {
                fields.push((field.to_owned(), Yaml::list(values.iter().cloned())));
            }
        }
        Item { comment: Some(self.comment.clone()), value: Yaml::Map(fields) }
    }
}
