//! Denials that depend on the method, which some servers take from elsewhere.

use crate::language::expression;
use crate::path;
use crate::path_rule::PathRule;
use crate::warning::{below, warning};
use automata::Expression;
use policy::document::Problem;
use policy::http::canonical_paths;
use policy::stages::DefaultAction;
use policy::vocabulary::{Method, PathMatch};

/// Methods that frameworks take from a header of a POST, for clients that cannot send them.
const OVERRIDDEN: [&str; 3] = ["DELETE", "PATCH", "PUT"];

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
    for rule in rules.iter().filter(|rule| rule.is_denial()) {
        let Some(methods) = rule.matches.fields.methods.as_deref() else { continue };
        let overridden = methods.iter().map(Method::as_str).find(|method| OVERRIDDEN.contains(method));
        let denies_post =
            |other: &PathRule<'_>| other.is_denial() && matches_post(other) && covers(other, rule);
        if let Some(method) = overridden.filter(|_| !matches_post(rule) && !rules.iter().any(denies_post)) {
            let name = rule.name;
            let message = format!(
                "rule `{name}` does not deny a POST with `x-http-method-override: {method}`, which frameworks run as {method}"
            );
            let help = "if the upstream has method overrides, remove the header with the preset `edgeSanitize` of \
                        header-policy, or deny POST";
            let place = below(section, &format!("rules[{}].match.methods", rule.index));
            found.push(warning("method_override", place, message, help));
        }
    }
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

fn matches_post(rule: &PathRule<'_>) -> bool {
    rule.matches
        .fields
        .methods
        .as_deref()
        .is_none_or(|methods| methods.iter().any(|method| method.as_str() == "POST"))
}

/// Returns true if a rule matches the paths of another one, for every host, header and query.
fn covers(one: &PathRule<'_>, other: &PathRule<'_>) -> bool {
    let fields = &one.matches.fields;
    let is_open = fields.hosts.is_none()
        && fields.headers.is_none()
        && fields.query.is_none()
        && one.matches.not.is_none();
    let covers_path =
        |path: &PathMatch| one.paths().is_none_or(|own| own.iter().any(|own| path::covers(own, path)));
    let covers_paths = match (one.paths(), other.paths()) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(_), Some(paths)) => paths.iter().all(covers_path),
    };
    is_open && covers_paths
}
