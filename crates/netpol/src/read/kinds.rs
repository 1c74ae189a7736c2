//! The kinds of objects that are read.

use super::cluster::Builder;
use super::reader::Reader;
use super::{gateway, graph, istio};
use crate::model::{ObjectRef, Place};
use diagnostics::Span;
use diagnostics::{Diagnostics, did_you_mean, nearest};
use yaml::{Data, Node};

/// The API groups that are read, with their versions and kinds.
const READ: [(&str, &[&str], &[&str]); 9] = [
    ("", &["v1"], &["Namespace", "Pod", "Service", "ReplicationController", "List"]),
    ("apps", &["v1"], &["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"]),
    ("batch", &["v1"], &["Job", "CronJob"]),
    ("networking.k8s.io", &["v1"], &["NetworkPolicy"]),
    ("extensions.istio.io", &["v1alpha1"], &["WasmPlugin", "TrafficExtension"]),
    ("networking.istio.io", &["v1", "v1beta1", "v1alpha3"], &["Gateway", "ServiceEntry"]),
    ("security.istio.io", &["v1", "v1beta1"], &["PeerAuthentication"]),
    ("gateway.networking.k8s.io", &["v1", "v1beta1"], &["Gateway"]),
    ("ringfence.dev", &["v1alpha1"], &["ServiceGraph"]),
];

/// Reads a document. The items of lists are read one by one; objects of other kinds are ignored.
pub(super) fn document(node: &Node, problems: &mut Diagnostics, builder: &mut Builder) {
    match head(node, problems) {
        Some(Head { kind, items: Some(items), .. }) if kind.ends_with("List") => {
            items.iter().for_each(|item| document(item, problems, builder));
        }
        Some(head) if head.is_read() => object(node, &head, problems, builder),
        Some(head) => builder.ignored.extend(head.ignored(node, problems)),
        None => {}
    }
}

/// The group and kind of an object.
struct Head<'n> {
    group: &'n str,
    kind: &'n str,
    items: Option<&'n [Node]>,
}

impl<'n> Head<'n> {
    fn is_read(&self) -> bool {
        READ.iter().any(|(group, _, kinds)| *group == self.group && kinds.contains(&self.kind))
    }

    /// Returns the reference of an ignored object.
    fn ignored(&self, node: &'n Node, problems: &Diagnostics) -> Option<ObjectRef> {
        let metadata = node.get("metadata")?;
        let text = |field: &str| metadata.get(field).and_then(Node::text).map(str::to_owned);
        let place = Place { file: problems.file().clone(), span: node.span };
        Some(ObjectRef {
            namespace: text("namespace"),
            kind: self.kind.to_owned(),
            name: text("name")?,
            place,
        })
    }
}

/// Returns the group and kind of an object; none if it is not an object of Kubernetes, or after a problem.
fn head<'n>(node: &'n Node, problems: &mut Diagnostics) -> Option<Head<'n>> {
    let Data::Map(fields) = &node.data else {
        if !matches!(node.data, Data::Null) {
            let message = format!("expected an object, found {}", node.kind());
            problems.error(node.span, "wrong_type", message, "");
        }
        return None;
    };
    let (version, kind) = (text(node, "apiVersion", problems), text(node, "kind", problems));
    let (Some((version, version_span)), Some((kind, kind_span))) = (version, kind) else {
        let missing = if version.is_none() { "apiVersion" } else { "kind" };
        let keys = fields.iter().filter(|(key, _)| !matches!(key.text.as_str(), "apiVersion" | "kind"));
        let typo = keys.clone().find(|(key, _)| nearest(&key.text, ["apiVersion", "kind"]).is_some());
        let manifest = version.is_some() || kind.is_some() || node.get("metadata").is_some();
        match typo {
            Some((key, _)) => {
                let help = did_you_mean(&key.text, ["apiVersion", "kind"]);
                problems.error(key.span, "unknown_field", format!("unknown field `{}`", key.text), help);
            }
            None if manifest => {
                let message = format!("missing field `{missing}`");
                problems.error(node.span, "missing_field", message, format!("add `{missing}`"));
            }
            // Another document: values of a chart, a policy, a kustomization without a kind.
            None => {}
        }
        return None;
    };
    let (group, number) = version.rsplit_once('/').unwrap_or(("", version));
    let checked = check(TypeMeta { group, number, version, kind }, version_span, kind_span, problems);
    let items = match node.get("items").map(|items| &items.data) {
        Some(Data::List(items)) => Some(items.as_slice()),
        _ => None,
    };
    checked.then_some(Head { group, kind, items })
}

fn text<'n>(node: &'n Node, field: &str, problems: &mut Diagnostics) -> Option<(&'n str, Span)> {
    let found = node.get(field)?;
    if found.text().is_none() {
        let message = format!("expected a string, found {}", found.kind());
        problems.error(found.span, "wrong_type", message, "");
    }
    Some((found.text().unwrap_or_default(), found.span))
}

/// The API version and kind of an object.
struct TypeMeta<'n> {
    group: &'n str,
    number: &'n str,
    version: &'n str,
    kind: &'n str,
}

/// Checks the version and kind. A misspelled one is an error: the object, such as a policy, would be ignored silently.
fn check(meta: TypeMeta<'_>, version_span: Span, kind_span: Span, problems: &mut Diagnostics) -> bool {
    let TypeMeta { group, number, version, kind } = meta;
    let mut refuse = |span, message: String, help: String| {
        problems.error(span, "unknown_value", message, help);
        false
    };
    let of_group = READ.iter().find(|(name, ..)| *name == group);
    if let Some((_, versions, kinds)) = of_group {
        let known = kinds.contains(&kind);
        if known && !versions.contains(&number) {
            let versions: Vec<_> = versions.iter().map(|number| full(group, number)).collect();
            let help = format!("write `{}`", versions.join("` or `"));
            return refuse(version_span, format!("unsupported version `{version}` of `{kind}`"), help);
        }
        if let Some(near) = (!known).then(|| close(kind, kinds)).flatten() {
            return refuse(kind_span, format!("unknown kind `{kind}` in `{version}`"), near);
        }
        return true;
    }
    let homes = READ.iter().filter(|(_, _, kinds)| kinds.contains(&kind));
    let homes: Vec<String> = homes
        .flat_map(|(group, versions, _)| versions.iter().map(move |number| full(group, number)))
        .collect();
    match homes.iter().find(|home| strsim::damerau_levenshtein(home, version) <= 3) {
        Some(home) => refuse(
            version_span,
            format!("unknown API version `{version}`"),
            format!("did you mean `{home}`?"),
        ),
        None if matches!(version, "extensions/v1beta1" | "apps/v1beta1" | "apps/v1beta2") => refuse(
            version_span,
            format!("`{version}` is no longer served"),
            format!("write `{}`", homes.join("` or `")),
        ),
        None => true,
    }
}

fn full(group: &str, number: &str) -> String {
    if group.is_empty() { number.to_owned() } else { format!("{group}/{number}") }
}

/// Returns the kind that a misspelled kind is close to. Similar kinds of the same group are not close.
fn close(kind: &str, kinds: &[&str]) -> Option<String> {
    let near = |known: &&&str| strsim::damerau_levenshtein(kind, known) <= 2;
    kinds.iter().find(near).map(|known| format!("did you mean `{known}`?"))
}

/// Reads an object of a known kind.
fn object(node: &Node, head: &Head<'_>, problems: &mut Diagnostics, builder: &mut Builder) {
    let mut reader = Reader { node, kind: head.kind, group: head.group, problems, builder };
    match (head.group, head.kind) {
        ("", "Namespace") => reader.namespace(),
        ("", "Service") => reader.service(),
        ("networking.k8s.io", _) => reader.policy(),
        ("extensions.istio.io" | "networking.istio.io" | "security.istio.io", _) => {
            istio::object(&mut reader)
        }
        ("gateway.networking.k8s.io", _) => gateway::object(&mut reader),
        ("ringfence.dev", _) => graph::object(&mut reader),
        _ => reader.workload(),
    }
}
