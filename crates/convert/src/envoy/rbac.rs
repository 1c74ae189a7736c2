//! Converts `envoy.filters.http.rbac`.

use super::matcher;
use crate::draft::{Converted, Draft};
use crate::expr::{Expr, Side};
use crate::field::{get, list, snake, text, unknown_fields};
use crate::patterns;
use crate::rules::{self, SourceRule};
use serde_json::Value;

/// Converts the configuration of the filter.
pub fn convert(configuration: &Value) -> Result<Converted, String> {
    let mut draft = Draft::default();
    if get(configuration, "matcher").is_some() {
        return Err("`matcher` is not supported; use `rules`".to_owned());
    }
    let more = unknown_fields(configuration, &["@type", "rules", "stat_prefix", "rules_stat_prefix"]);
    draft.comments.extend(more.iter().map(|name| format!("not carried over: `{name}`")));
    let Some(rbac) = get(configuration, "rules") else {
        return Err("the configuration has no `rules`".to_owned());
    };
    let policies = get(rbac, "policies").and_then(Value::as_object).into_iter().flatten();
    let sources: Vec<SourceRule> = policies
        .map(|(name, policy)| SourceRule { name: name.clone(), condition: condition(policy) })
        .collect();
    let (side, action, default) = match text(rbac, "action").unwrap_or("ALLOW") {
        "ALLOW" => (Side::Under, "allow", "deny"),
        "DENY" => (Side::Over, "deny", "allow"),
        "LOG" => return Err("unsupported action `LOG`: it neither allows nor denies".to_owned()),
        other => return Err(format!("unknown action `{other}`")),
    };
    let built = rules::build(&sources, side);
    let mut list = Vec::new();
    rules::into_path(&mut draft, &mut list, built, action);
    draft.path = Some((default, list));
    draft.finish()
}

/// Returns the condition of a policy: one of the permissions and one of the principals.
fn condition(policy: &Value) -> Expr {
    let mut parts = vec![
        Expr::any(each(policy, "permissions", "permission")),
        Expr::any(each(policy, "principals", "principal")),
    ];
    let known = ["permissions", "principals"];
    parts.extend(unknown_fields(policy, &known).into_iter().map(|name| Expr::Unknown(format!("`{name}`"))));
    Expr::All(parts)
}

/// Returns the only field of a permission or a principal.
fn only(value: &Value) -> Option<(&str, &Value)> {
    let mut fields = value.as_object()?.iter().filter(|(_, value)| !value.is_null());
    match (fields.next(), fields.next()) {
        (Some((name, value)), None) => Some((name, value)),
        _ => None,
    }
}

fn each(set: &Value, field: &str, kind: &str) -> Vec<Expr> {
    list(set, field).iter().map(|part| one(part, kind)).collect()
}

/// Returns the condition of a permission or a principal.
fn one(value: &Value, kind: &str) -> Expr {
    let Some((name, inner)) = only(value) else {
        return Expr::Unknown(format!("a {kind} without exactly one field"));
    };
    match (kind, snake(name).as_str()) {
        ("permission", "and_rules") => Expr::All(each(inner, "rules", kind)),
        ("principal", "and_ids") => Expr::All(each(inner, "ids", kind)),
        ("permission", "or_rules") => Expr::any(each(inner, "rules", kind)),
        ("principal", "or_ids") => Expr::any(each(inner, "ids", kind)),
        ("permission", "not_rule") | ("principal", "not_id") => one(inner, kind).negate_if(true),
        (_, "any") if *inner == true => Expr::True,
        (_, "header") => matcher::header(inner),
        (_, "url_path") => matcher::url_path(inner),
        ("permission", "uri_template") => uri_template(inner),
        _ => Expr::Unknown(format!("the {kind} by `{name}`")),
    }
}

/// Returns the condition of `envoy.path.match.uri_template.uri_template_matcher`: `*` and `**`, or these in braces.
fn uri_template(extension: &Value) -> Expr {
    let configuration = get(extension, "typed_config").unwrap_or(extension);
    match text(configuration, "path_template") {
        Some(template) if !template.contains(['{', '}']) => patterns::template(template, "*", "**"),
        Some(template) if !template.replace("{*}", "").replace("{**}", "").contains(['*', '{', '}']) => {
            patterns::template(template, "{*}", "{**}")
        }
        _ => Expr::Unknown("a path template with named variables".to_owned()),
    }
}
