//! Converts the rules of an AuthorizationPolicy.

use super::authentication::Provider;
use super::token;
use crate::expr::Expr;
use crate::field::{get, list, text, texts, unknown_fields};
use crate::patterns::{self, Pattern};
use crate::rules::SourceRule;
use serde_json::Value;

/// Returns the rules. A policy without rules matches nothing; a rule without fields matches everything.
pub fn rules(spec: &Value, name: &str, providers: &[Provider]) -> Vec<SourceRule> {
    let rule = |(place, rule): (usize, &Value)| SourceRule {
        name: format!("{name}-{}", place + 1),
        condition: condition(rule, providers),
    };
    list(spec, "rules").iter().enumerate().map(rule).collect()
}

fn condition(rule: &Value, providers: &[Provider]) -> Expr {
    let mut parts = vec![
        one_of(rule, "from", |from| source(get(from, "source").unwrap_or(&Value::Null), providers)),
        one_of(rule, "to", |to| operation(get(to, "operation").unwrap_or(&Value::Null))),
    ];
    parts.extend(list(rule, "when").iter().map(|when| self::when(when, providers)));
    parts.extend(unknown(rule, &["from", "to", "when"], "the field"));
    Expr::All(parts)
}

fn one_of(rule: &Value, field: &str, one: impl Fn(&Value) -> Expr) -> Expr {
    match list(rule, field) {
        [] => Expr::True,
        items => Expr::any(items.iter().map(one).collect()),
    }
}

/// Returns a condition for each field that is not supported.
fn unknown(value: &Value, known: &[&str], what: &str) -> Vec<Expr> {
    unknown_fields(value, known).into_iter().map(|name| Expr::Unknown(format!("{what} `{name}`"))).collect()
}

/// Returns the condition of a field and that of its negation, such as `hosts` and `notHosts`.
fn with_negation(value: &Value, field: &str, condition: impl Fn(&[&str]) -> Expr) -> Vec<Expr> {
    let part = |name: &str, negated: bool| {
        let values = texts(value, name);
        (!values.is_empty()).then(|| condition(&values).negate_if(negated))
    };
    [part(field, false), part(&format!("not_{field}"), true)].into_iter().flatten().collect()
}

fn source(source: &Value, providers: &[Provider]) -> Expr {
    let principals = |values: &[&str]| token::principals(values, providers);
    let mut parts = with_negation(source, "request_principals", principals);
    parts.extend(unknown(source, &["request_principals", "not_request_principals"], "the source by"));
    Expr::All(parts)
}

fn operation(operation: &Value) -> Expr {
    let mut parts = with_negation(operation, "hosts", hosts);
    parts.extend(with_negation(operation, "methods", |values| patterns::methods(&istio(values))));
    parts.extend(with_negation(operation, "paths", paths));
    let known = ["hosts", "not_hosts", "methods", "not_methods", "paths", "not_paths"];
    parts.extend(unknown(operation, &known, "the operation by"));
    Expr::All(parts)
}

fn istio(values: &[&str]) -> Vec<Pattern> {
    values.iter().map(|value| Pattern::istio(value)).collect()
}

/// Returns the condition on the host, which Istio compares without regard to case.
fn hosts(values: &[&str]) -> Expr {
    let patterns = istio(values).into_iter().map(|pattern| Pattern { ignore_case: true, ..pattern });
    crate::hosts::any(&patterns.collect::<Vec<_>>())
}

fn paths(values: &[&str]) -> Expr {
    let one = |value: &&str| match value.contains("{*}") || value.contains("{**}") {
        true => patterns::template(value, "{*}", "{**}"),
        false => patterns::path(&Pattern::istio(value)),
    };
    Expr::any(values.iter().map(one).collect())
}

/// Returns a condition of `when`: the attribute has one of `values` and none of `notValues`.
fn when(when: &Value, providers: &[Provider]) -> Expr {
    let key = text(when, "key").unwrap_or_default();
    Expr::All(with_negation(when, "values", |values| attribute(key, values, providers)))
}

fn attribute(key: &str, values: &[&str], providers: &[Provider]) -> Expr {
    let inside = |prefix: &str| key.strip_prefix(prefix)?.strip_suffix(']');
    if let Some(name) = inside("request.headers[") {
        return patterns::header_any(name, &istio(values));
    }
    if let Some(path) = inside("request.auth.claims[") {
        let path: Vec<&str> = path.split("][").collect();
        return token::claim(&path, values, providers);
    }
    match key {
        "request.auth.principal" => token::principals(values, providers),
        "request.auth.audiences" => token::claim(&["aud"], values, providers),
        "request.auth.presenter" => token::claim(&["azp"], values, providers),
        _ => Expr::Unknown(format!("the attribute `{key}`")),
    }
}
