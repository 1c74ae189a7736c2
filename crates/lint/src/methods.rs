//! Denials that depend on the method, which some servers take from elsewhere.

use crate::language::{Comparisons, expression};
use crate::path_rule::PathRule;
use crate::request;
use crate::warning::{below, warning};
use automata::Expression;
use policy::document::{Problem, read};
use policy::http::canonical_paths;
use policy::stages::DefaultAction;
use policy::vocabulary::{HeaderPattern, MatchFields, Method, PathMatch, RequestMatch, Sense};
use serde_json::{Value, json};

/// Methods that frameworks take from a header of a POST, for clients that cannot send them.
const OVERRIDDEN: [&str; 3] = ["DELETE", "PATCH", "PUT"];
/// This header.
const OVERRIDE: &str = "x-http-method-override";

/// Finds rules that deny methods which a POST with a header may stand for.
pub(crate) fn check_overrides(
    section: &str,
    rules: &[PathRule<'_>],
    default: DefaultAction,
    found: &mut Vec<Problem>,
) {
    // With `default: deny` the rules that allow POST decide.
    if default == DefaultAction::Deny {
        return;
    }
    let comparisons = Comparisons::new();
    let posts: Vec<RequestMatch> =
        rules.iter().filter(|rule| rule.is_denial()).filter_map(|rule| match_of_post(rule.matches)).collect();
    for rule in rules.iter().filter(|rule| rule.is_denial()) {
        let Some(methods) = rule.matches.fields.methods.as_deref() else { continue };
        let Some(method) = methods.iter().map(Method::as_str).find(|method| OVERRIDDEN.contains(method))
        else {
            continue;
        };
        let any_method = without_methods(rule.matches);
        let (any_method, sense) = ((&any_method, Sense::Restrict), Sense::Restrict);
        if !posts.iter().any(|post| request::covers((post, sense), any_method, &comparisons)) {
            let name = rule.name;
            let message = format!(
                "rule `{name}` does not deny a POST with `{OVERRIDE}: {method}`, which frameworks run as {method}"
            );
            let help = "if the upstream has method overrides, remove the header with the preset `edgeSanitize` of \
                        header-policy, or deny POST";
            let place = below(section, &format!("rules[{}].match.methods", rule.index));
            found.push(warning("method_override", place, message, help));
        }
    }
}

/// Returns true if a policy of header-policy removes the header that overrides methods.
pub(crate) fn removes_override(headers: &Value) -> bool {
    let list =
        |value: &Value, field: &str| value.get(field).and_then(Value::as_array).cloned().unwrap_or_default();
    let is_enforced = |value: &Value| value.get("mode").is_none_or(|mode| mode == "enforce");
    let removes = |rule: &Value| {
        let names = rule.get("request").map(|edits| list(edits, "remove")).unwrap_or_default();
        let patterns =
            names.iter().filter_map(|name| read::<HeaderPattern>(name.to_string().as_bytes()).ok());
        let applies = rule.get("match").is_none_or(|fields| fields == &json!({})) && is_enforced(rule);
        applies && patterns.into_iter().any(|pattern| pattern.matches(OVERRIDE.as_bytes()))
    };
    is_enforced(headers)
        && (list(headers, "presets").iter().any(|preset| preset == "edgeSanitize")
            || list(headers, "rules").iter().any(removes))
}

/// Returns the match of a rule for POST, without methods; `None` if it does not match POST.
fn match_of_post(matches: &RequestMatch) -> Option<RequestMatch> {
    let has_post = |fields: &MatchFields| {
        let methods = fields.methods.as_deref()?;
        Some(methods.iter().any(|method| method.matches(b"POST", Sense::Restrict)))
    };
    let is_excluded = matches.not.as_ref().and_then(has_post).unwrap_or(false);
    (has_post(&matches.fields).unwrap_or(true) && !is_excluded).then(|| without_methods(matches))
}

fn without_methods(matches: &RequestMatch) -> RequestMatch {
    let mut matches = matches.clone();
    matches.fields.methods = None;
    if let Some(excluded) = &mut matches.not {
        excluded.methods = None;
    }
    matches
}

/// Finds rules that deny every path by a pattern that does not count for CONNECT, which has no path.
pub(crate) fn check_connect(
    section: &str,
    rules: &[PathRule<'_>],
    default: DefaultAction,
    found: &mut Vec<Problem>,
) {
    if default == DefaultAction::Deny || rules.iter().any(denies_connect) {
        return;
    }
    for rule in rules.iter().filter(|rule| rule.is_denial() && rule.is_about_paths_only()) {
        if rule.paths().is_some_and(|paths| paths.iter().any(matches_absolute_paths)) {
            let name = rule.name;
            let message = format!("rule `{name}` denies every path, and not CONNECT, which has no path");
            let help = "write `prefix: /`, or remove `paths`";
            let place = below(section, &format!("rules[{}].match.paths", rule.index));
            found.push(warning("connect", place, message, help));
        }
    }
}

/// Returns true if a rule may deny CONNECT.
fn denies_connect(rule: &PathRule<'_>) -> bool {
    let has_connect = |methods: &[Method]| methods.iter().any(|method| method.as_str() == "CONNECT");
    rule.is_denial()
        && rule.paths().is_none_or(|paths| paths.iter().any(PathMatch::matches_every_path))
        && rule.matches.fields.methods.as_deref().is_none_or(has_connect)
}

/// Returns true if a pattern matches every path except `*`.
fn matches_absolute_paths(pattern: &PathMatch) -> bool {
    let absolute = Expression::new("/(?s:.*)", false).ok();
    let compared = expression(pattern).zip(canonical_paths()).zip(absolute);
    compared.is_some_and(|((pattern, paths), absolute)| paths.is_subset_among(&pattern, &absolute))
}
