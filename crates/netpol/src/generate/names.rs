//! Names: what they are made of, and what each stands for.

use super::graph::Pods;
use super::node::{Node, Object};
use super::problem::nearest;

/// Names are a part of the names of policies, which Kubernetes limits to 63 bytes in what selects by them.
const MAX_NAME: usize = 50;

/// A name such as `productpage`: lower-case letters, digits and inner hyphens.
pub(super) fn name(node: &Node<'_>) -> Option<String> {
    let name = node.text()?;
    let part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let hyphens = name.starts_with('-') || name.ends_with('-');
    if name.is_empty() || name.len() > MAX_NAME || hyphens || !name.bytes().all(part) {
        let help = format!("lower-case letters, digits and inner hyphens, at most {MAX_NAME}");
        node.problem("invalid_name", format!("`{name}` is no name"), help);
        return None;
    }
    Some(name.to_owned())
}

/// Whether this is the value of a label: nothing, or at most 63 of letters, digits, and `-_.` within.
pub(super) fn label_value(value: &str) -> bool {
    let end = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_alphanumeric);
    value.len() <= 63
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        && end(value.as_bytes().first())
        && end(value.as_bytes().last())
}

/// Whether this is the key of a label: a name, and perhaps a domain and `/` before it.
pub(super) fn label_key(key: &str) -> bool {
    let (domain, name) = key.split_once('/').map_or((None, key), |(domain, name)| (Some(domain), name));
    let in_domain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
    let domain = domain
        .is_none_or(|domain| !domain.is_empty() && domain.len() <= 253 && domain.bytes().all(in_domain));
    domain && !name.is_empty() && label_value(name)
}

/// The names of a graph, and where they are used.
#[derive(Debug, Default)]
pub(super) struct Names<'d> {
    workloads: Vec<String>,
    external: Vec<String>,
    selected: Vec<(String, Pods)>,
    references: Vec<(Node<'d>, String)>,
}

impl<'d> Names<'d> {
    /// The name that a gateway or a service has, which none before it has.
    pub(super) fn define(&mut self, fields: &Object<'d>) -> Option<String> {
        let node = fields.required("name")?;
        let name = name(node)?;
        if self.workloads.contains(&name) {
            let message = format!("there is a gateway or a service `{name}` already");
            node.problem("duplicate_name", message, "give it a name of its own");
        }
        self.workloads.push(name.clone());
        Some(name)
    }

    /// The name of what is outside the cluster.
    pub(super) fn define_external(&mut self, fields: &Object<'d>) -> Option<String> {
        let node = fields.required("name")?;
        let name = name(node)?;
        if self.external.contains(&name) {
            let message = format!("`{name}` stands in `external` already");
            node.problem("duplicate_name", message, "give it a name of its own");
        }
        self.external.push(name.clone());
        Some(name)
    }

    /// Pods that are two workloads at once would get what either may.
    pub(super) fn select(&mut self, fields: &Object<'d>, name: Option<&str>, pods: Option<&Pods>) {
        let (Some(name), Some(pods), Some(node)) = (name, pods, fields.optional("selector")) else { return };
        let both = |(_, other): &&(String, Pods)| other.contain(pods) || pods.contain(other);
        if let Some((other, _)) = self.selected.iter().find(both) {
            let message = format!("a pod can be of `{other}` and of `{name}`, and would get what either may");
            node.problem("overlapping_selector", message, "select by labels of which a pod has one value");
        }
        self.selected.push((name.to_owned(), pods.clone()));
    }

    /// The names of the workloads that call `own`; [`Names::resolve`] tells whether they exist.
    pub(super) fn refer(&mut self, node: &Node<'d>, own: Option<&str>) -> Vec<String> {
        let mut callers: Vec<String> = Vec::new();
        for item in node.list().unwrap_or_default() {
            let Some(caller) = item.text().map(str::to_owned) else { continue };
            if own == Some(caller.as_str()) {
                let message = format!("`{caller}` would call itself");
                item.problem("self_edge", message, "an edge leads from one workload to another");
            }
            if callers.contains(&caller) {
                item.problem("repeated", format!("`{caller}` stands here twice"), "keep one of them");
                continue;
            }
            self.references.push((item, caller.clone()));
            callers.push(caller);
        }
        callers
    }

    /// Notes each name that is used and stands for nothing.
    pub(super) fn resolve(&self) {
        for (node, name) in &self.references {
            if self.workloads.contains(name) {
                continue;
            }
            let names = self.workloads.iter().map(String::as_str);
            let help = match nearest(name, names) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are {}", self.workloads.join(", ")),
            };
            node.problem("unknown_name", format!("there is no gateway or service `{name}`"), help);
        }
    }
}
