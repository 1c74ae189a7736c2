//! The metadata of objects: name, namespace and labels.

use super::names::{is_label, is_label_key, is_label_value, is_subdomain};
use crate::model::{ObjectRef, Place};
use diagnostics::Diagnostics;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use yaml::{At, Node};

/// Returns the reference of an object; none if its name is missing.
pub(super) fn reference(
    node: &Node,
    kind: &str,
    metadata: &ObjectMeta,
    problems: &mut Diagnostics,
) -> Option<ObjectRef> {
    let at = At::new(node).field("metadata");
    let (field, name) = match (&metadata.name, &metadata.generate_name) {
        (Some(name), _) => ("name", name.clone()),
        (None, Some(prefix)) => ("generateName", prefix.trim_end_matches('-').to_owned()),
        (None, None) => {
            problems.error(at.span(), "missing_field", "missing name", "add `metadata.name`");
            return None;
        }
    };
    let short = matches!(kind, "Namespace" | "Service");
    if !(if short { is_label(&name) } else { is_subdomain(&name) }) {
        let help = "use lower-case letters, digits and `-`, with a letter or digit at both ends";
        problems.error(at.field(field).span(), "invalid_name", format!("invalid name `{name}`"), help);
    }
    let namespace = metadata.namespace.clone().filter(|namespace| !namespace.is_empty());
    let namespace = (kind != "Namespace").then(|| namespace.unwrap_or_else(|| "default".to_owned()));
    if let Some(namespace) = namespace.as_ref().filter(|namespace| !is_label(namespace)) {
        let message = format!("invalid namespace `{namespace}`");
        problems.error(at.field("namespace").span(), "invalid_name", message, "");
    }
    check(at.field("labels"), metadata.labels.iter().flatten(), problems);
    let place = Place { file: problems.file().clone(), span: at.field(field).span() };
    Some(ObjectRef { namespace, kind: kind.to_owned(), name, place })
}

/// Reports invalid labels.
pub(super) fn check<'l>(
    at: At<'_>,
    labels: impl IntoIterator<Item = (&'l String, &'l String)>,
    problems: &mut Diagnostics,
) {
    for (key, value) in labels {
        if !is_label_key(key) {
            let message = format!("invalid label key `{key}`");
            problems.error(at.key(key).span(), "invalid_label", message, "");
        }
        if !is_label_value(value) {
            let help =
                "use at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends";
            let message = format!("invalid label value `{value}`");
            problems.error(at.field(key).span(), "invalid_label", message, help);
        }
    }
}
