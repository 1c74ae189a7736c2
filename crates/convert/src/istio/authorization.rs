//! Converts the rules of an AuthorizationPolicy.

use super::token;
use crate::expr::Expr;
use crate::field::{get, list, others, text, texts};
use crate::patterns::{self, Pattern};
use crate::provider::Provider;
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
    others(value, known).into_iter().map(|name| Expr::Unknown(format!("{what} `{name}`"))).collect()
}

fn source(source: &Value, providers: &[Provider]) -> Expr {
    let mut parts = Vec::new();
    for (field, holds) in [("requestPrincipals", true), ("notRequestPrincipals", false)] {
        let values = texts(source, field);
        if !values.is_empty() {
            parts.push(token::principals(&values, providers).negate_if(!holds));
        }
    }
    parts.extend(unknown(source, &["requestPrincipals", "notRequestPrincipals"], "the source by"));
    Expr::All(parts)
}

type Reader = fn(&[&str]) -> Expr;

fn operation(operation: &Value) -> Expr {
    let fields: [(&str, &str, Reader); 3] =
        [("hosts", "notHosts", hosts), ("methods", "notMethods", methods), ("paths", "notPaths", paths)];
    let mut parts = Vec::new();
    for (field, not, reader) in fields {
        for (name, holds) in [(field, true), (not, false)] {
            let values = texts(operation, name);
            if !values.is_empty() {
                parts.push(reader(&values).negate_if(!holds));
            }
        }
    }
    let known = ["hosts", "notHosts", "methods", "notMethods", "paths", "notPaths"];
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

fn methods(values: &[&str]) -> Expr {
    patterns::methods(&istio(values))
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
    let part = |field: &str, holds: bool| {
        let values = texts(when, field);
        (!values.is_empty()).then(|| attribute(key, &values, providers).negate_if(!holds))
    };
    Expr::All([part("values", true), part("notValues", false)].into_iter().flatten().collect())
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
