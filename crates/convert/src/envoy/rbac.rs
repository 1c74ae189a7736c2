//! Converts `envoy.filters.http.rbac`.

use super::matcher;
use crate::draft::{Converted, Draft};
use crate::expr::{Expr, Side};
use crate::field::{get, list, others, text};
use crate::patterns;
use crate::rules::{self, SourceRule};
use serde_json::Value;

/// Converts the configuration of the filter.
pub fn convert(configuration: &Value) -> Result<Converted, String> {
    let mut draft = Draft::default();
    if get(configuration, "matcher").is_some() {
        return Err("`matcher` is not supported; use `rules`".to_owned());
    }
    let more = others(configuration, &["@type", "rules", "stat_prefix", "rules_stat_prefix"]);
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
        "LOG" => return Err("the action LOG makes no decision".to_owned()),
        other => return Err(format!("unknown action `{other}`")),
    };
    let built = rules::build(&sources, side);
    let mut list = Vec::new();
    rules::into_path(&mut draft, &mut list, &built, action);
    draft.path = Some((default, list));
    draft.finish()
}

/// Returns the condition of a policy: one of the permissions and one of the principals.
fn condition(policy: &Value) -> Expr {
    let any = |field: &str, one: fn(&Value) -> Expr| Expr::any(list(policy, field).iter().map(one).collect());
    let mut parts = vec![any("permissions", permission), any("principals", principal)];
    let known = ["permissions", "principals"];
    parts.extend(others(policy, &known).into_iter().map(|name| Expr::Unknown(format!("`{name}`"))));
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

fn permission(permission: &Value) -> Expr {
    match only(permission) {
        Some(("and_rules" | "andRules", set)) => Expr::All(each(set, "rules", self::permission)),
        Some(("or_rules" | "orRules", set)) => Expr::any(each(set, "rules", self::permission)),
        Some(("not_rule" | "notRule", inner)) => self::permission(inner).negate_if(true),
        Some(("uri_template" | "uriTemplate", template)) => uri_template(template),
        other => common(other, "permission"),
    }
}

fn principal(principal: &Value) -> Expr {
    match only(principal) {
        Some(("and_ids" | "andIds", set)) => Expr::All(each(set, "ids", self::principal)),
        Some(("or_ids" | "orIds", set)) => Expr::any(each(set, "ids", self::principal)),
        Some(("not_id" | "notId", inner)) => self::principal(inner).negate_if(true),
        other => common(other, "principal"),
    }
}

fn each(set: &Value, field: &str, one: fn(&Value) -> Expr) -> Vec<Expr> {
    list(set, field).iter().map(one).collect()
}

/// Returns the condition of a field that permissions and principals share.
fn common(field: Option<(&str, &Value)>, kind: &str) -> Expr {
    match field {
        Some(("any", Value::Bool(true))) => Expr::True,
        Some(("header", header)) => matcher::header(header),
        Some(("url_path" | "urlPath", path)) => matcher::url_path(path),
        Some((name, _)) => Expr::Unknown(format!("the {kind} by `{name}`")),
        None => Expr::Unknown(format!("a {kind} without exactly one field")),
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
