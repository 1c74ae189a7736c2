//! The kinds of objects that are read.

use super::cluster::Builder;
use super::reader::Reader;
use super::{gateway, graph, istio, policy, service, workload};
use crate::model::{ObjectRef, Place};
use diagnostics::{Diagnostics, Span, did_you_mean, distance, nearest};
use k8s_openapi::api::core::v1::Namespace;
use yaml::{Data, Node};

/// Reads an object of a kind.
type Read = fn(&mut Reader<'_>);

/// The kinds that are read: the group, its versions, the kind and its reader.
const READ: [(&str, &[&str], &str, Read); 19] = [
    ("", &["v1"], "Namespace", namespace),
    ("", &["v1"], "Pod", workload::pod),
    ("", &["v1"], "Service", service::service),
    ("", &["v1"], "ReplicationController", workload::replication_controller),
    ("", &["v1"], "List", |_| {}),
    ("apps", &["v1"], "Deployment", workload::deployment),
    ("apps", &["v1"], "StatefulSet", workload::stateful_set),
    ("apps", &["v1"], "DaemonSet", workload::daemon_set),
    ("apps", &["v1"], "ReplicaSet", workload::replica_set),
    ("batch", &["v1"], "Job", workload::job),
    ("batch", &["v1"], "CronJob", workload::cron_job),
    ("networking.k8s.io", &["v1"], "NetworkPolicy", policy::policy),
    ("extensions.istio.io", &["v1alpha1"], "WasmPlugin", istio::wasm_plugin),
    ("extensions.istio.io", &["v1alpha1"], "TrafficExtension", istio::traffic_extension),
    ("networking.istio.io", &["v1", "v1beta1", "v1alpha3"], "Gateway", istio::gateway),
    ("networking.istio.io", &["v1", "v1beta1", "v1alpha3"], "ServiceEntry", istio::service_entry),
    ("security.istio.io", &["v1", "v1beta1"], "PeerAuthentication", istio::peer_authentication),
    ("gateway.networking.k8s.io", &["v1", "v1beta1"], "Gateway", gateway::gateway),
    ("ringfence.dev", &["v1alpha1"], "ServiceGraph", graph::graph),
];

/// Reads a document. The items of lists are read one by one; objects of other kinds are ignored.
pub(super) fn document(node: &Node, problems: &mut Diagnostics, builder: &mut Builder) {
    let Some(meta) = type_meta(node, problems).filter(|meta| meta.check(problems)) else { return };
    let TypeMeta { group, kind, .. } = meta;
    let read = READ.iter().find(|(of, _, name, _)| *of == group && *name == kind);
    match (node.get("items").map(|items| &items.data), read) {
        (Some(Data::List(items)), _) if kind.ends_with("List") => {
            items.iter().for_each(|item| document(item, problems, builder));
        }
        (_, Some((.., read))) => read(&mut Reader { node, kind, group, problems, builder }),
        _ => builder.ignored.extend(meta.ignored(node, problems)),
    }
}

fn namespace(reader: &mut Reader<'_>) {
    let Some(read) = reader.typed::<Namespace>() else { return };
    let Some(object) = reader.reference(&read.metadata) else { return };
    reader.builder.add_namespace(object, read.metadata.labels.unwrap_or_default());
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
        let mut reject = |span, message: String, help: String| {
            problems.error(span, "unknown_value", message, help);
            false
        };
        let of_group: Vec<_> = READ.iter().filter(|(name, ..)| *name == group).collect();
        let of_kind = of_group.iter().find(|(.., name, _)| *name == kind);
        if of_kind.is_some_and(|(_, versions, ..)| versions.contains(&number)) {
            return true;
        }
        let same_kind = READ.iter().filter(|(.., name, _)| *name == kind);
        let supported_versions: Vec<String> = same_kind
            .flat_map(|(group, versions, ..)| versions.iter().map(|number| full(group, number)))
            .collect();
        // A misspelled kind is one that no other group has either.
        let near =
            of_group.iter().find(|(.., name, _)| supported_versions.is_empty() && is_close(kind, name, 2));
        if let Some((.., near, _)) = near {
            let message = format!("unknown kind `{kind}` in `{version}`");
            return reject(kind_span, message, format!("did you mean `{near}`?"));
        }
        if let Some(near) =
            supported_versions.iter().find(|near| of_group.is_empty() && is_close(near, version, 3))
        {
            let help = format!("did you mean `{near}`?");
            return reject(version_span, format!("unknown API version `{version}`"), help);
        }
        let is_removed = matches!(version, "extensions/v1beta1" | "apps/v1beta1" | "apps/v1beta2");
        let is_elsewhere = !of_group.is_empty() || is_removed || kind == "ServiceGraph";
        if supported_versions.is_empty() || !is_elsewhere {
            return true;
        }
        let versions =
            of_kind.map(|(_, versions, ..)| versions.iter().map(|number| full(group, number)).collect());
        let help = format!("write `{}`", versions.unwrap_or(supported_versions).join("` or `"));
        reject(version_span, format!("unsupported version `{version}` of `{kind}`"), help)
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
    let (version, kind) = (version?, kind?);
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

/// Returns the text of a field and its place: `None` if it has a wrong type, `Some(None)` if it is absent.
fn text<'n>(node: &'n Node, field: &str, problems: &mut Diagnostics) -> Option<Option<(&'n str, Span)>> {
    let Some(found) = node.get(field) else { return Some(None) };
    if found.text().is_none() {
        let message = format!("expected a string, found {}", found.kind());
        problems.error(found.span, "wrong_type", message, "");
    }
    Some(Some((found.text()?, found.span)))
}

fn full(group: &str, number: &str) -> String {
    if group.is_empty() { number.to_owned() } else { format!("{group}/{number}") }
}

/// Returns true if one is a misspelling of the other. `Node` is not a misspelled `Pod`: half of its letters differ.
fn is_close(one: &str, other: &str, most: usize) -> bool {
    let distance = distance(one, other);
    distance <= most && distance * 2 < other.len()
}
