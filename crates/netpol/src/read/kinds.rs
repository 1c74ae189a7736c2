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
    let Some(meta) = type_meta(node, problems).filter(|meta| meta.check(problems)) else { return };
    match node.get("items").map(|items| &items.data) {
        Some(Data::List(items)) if meta.kind.ends_with("List") => {
            items.iter().for_each(|item| document(item, problems, builder));
        }
        _ if meta.is_read() => object(node, &meta, problems, builder),
        _ => builder.ignored.extend(meta.ignored(node, problems)),
    }
}

/// The API version and kind of an object.
struct TypeMeta<'n> {
    group: &'n str,
    number: &'n str,
    version: (&'n str, Span),
    kind: &'n str,
    kind_span: Span,
}

impl<'n> TypeMeta<'n> {
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

    /// Checks the version and kind. A misspelled one is an error: the object, such as a policy, would be ignored silently.
    fn check(&self, problems: &mut Diagnostics) -> bool {
        let Self { group, number, version: (version, version_span), kind, kind_span } = *self;
        let mut refuse = |span, message: String, help: String| {
            problems.error(span, "unknown_value", message, help);
            false
        };
        let of_group = READ.iter().find(|(name, ..)| *name == group);
        let of_kind = of_group.filter(|(_, _, kinds)| kinds.contains(&kind));
        if of_kind.is_some_and(|(_, versions, _)| versions.contains(&number)) {
            return true;
        }
        let homes = READ.iter().filter(|(_, _, kinds)| kinds.contains(&kind));
        let homes = homes.flat_map(|(group, versions, _)| versions.iter().map(|number| full(group, number)));
        let homes: Vec<String> = homes.collect();
        if let Some(near) = of_group.filter(|_| homes.is_empty()).and_then(|(.., kinds)| close(kind, kinds)) {
            return refuse(kind_span, format!("unknown kind `{kind}` in `{version}`"), near);
        }
        if let Some(home) = homes.iter().find(|home| of_group.is_none() && is_close(home, version, 3)) {
            let help = format!("did you mean `{home}`?");
            return refuse(version_span, format!("unknown API version `{version}`"), help);
        }
        let is_removed = matches!(version, "extensions/v1beta1" | "apps/v1beta1" | "apps/v1beta2");
        let is_elsewhere = of_group.is_some() || is_removed || kind == "ServiceGraph";
        if homes.is_empty() || !is_elsewhere {
            return true;
        }
        let versions =
            of_kind.map(|(_, versions, _)| versions.iter().map(|number| full(group, number)).collect());
        let help = format!("write `{}`", versions.unwrap_or(homes).join("` or `"));
        refuse(version_span, format!("unsupported version `{version}` of `{kind}`"), help)
    }
}

/// Returns the version and kind of an object; none if it is not an object of Kubernetes, or after a problem.
fn type_meta<'n>(node: &'n Node, problems: &mut Diagnostics) -> Option<TypeMeta<'n>> {
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
    Some(TypeMeta { group, number, version: (version, version_span), kind, kind_span })
}

fn text<'n>(node: &'n Node, field: &str, problems: &mut Diagnostics) -> Option<(&'n str, Span)> {
    let found = node.get(field)?;
    if found.text().is_none() {
        let message = format!("expected a string, found {}", found.kind());
        problems.error(found.span, "wrong_type", message, "");
    }
    Some((found.text().unwrap_or_default(), found.span))
}

fn full(group: &str, number: &str) -> String {
    if group.is_empty() { number.to_owned() } else { format!("{group}/{number}") }
}

/// Returns the kind that a misspelled kind is close to. Similar kinds of the same group are not close.
fn close(kind: &str, kinds: &[&str]) -> Option<String> {
    let known = kinds.iter().find(|known| is_close(kind, known, 2))?;
    Some(format!("did you mean `{known}`?"))
}

fn is_close(one: &str, other: &str, most: usize) -> bool {
    strsim::damerau_levenshtein(one, other) <= most
}

/// Reads an object of a known kind.
fn object(node: &Node, meta: &TypeMeta<'_>, problems: &mut Diagnostics, builder: &mut Builder) {
    let mut reader = Reader { node, kind: meta.kind, group: meta.group, problems, builder };
    match (meta.group, meta.kind) {
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
