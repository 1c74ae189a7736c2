//! Rewrites that hide a path from later filters, redirects that lead to themselves, and wildcards in new paths.

use crate::language::{Comparisons, expression};
use crate::path_rule::PathRule;
use crate::warning::{below, warning};
use crate::{path, request};
use automata::Expression;
use policy::document::{Problem, read};
use policy::stages::ActionKind;
use policy::vocabulary::{Mode, PathMatch, PathShape, RequestMatch, Sense};
use serde_json::{Value, json};

/// Finds rules of a later filter whose paths are rewritten before. `rules` are those of path-policy, which is enforced, with
/// its document.
pub(crate) fn check_later_filter(
    section: &str,
    policy: &Value,
    (rules, document): (&[PathRule<'_>], &Value),
    found: &mut Vec<Problem>,
) {
    let rewrites = rules.iter().filter(|rule| rule.kind == ActionKind::Rewrite);
    // Without the new paths of one rule, a path may be one of them.
    let new: Option<Vec<PathMatch>> =
        rewrites.map(|rule| target(document, rule, "rewrite").and_then(new_path)).collect();
    let (Some(new), comparisons) = (new.filter(|new| !new.is_empty()), Comparisons::new()) else { return };
    let items = policy.get("rules").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for (index, rule) in items.iter().enumerate() {
        let Some((matches, name)) = matches(rule).zip(rule.get("name").and_then(Value::as_str)) else {
            continue;
        };
        let Some(paths) = matches.fields.paths.as_deref() else { continue };
        let is_disjoint = |other: &PathMatch| paths.iter().all(|own| path::are_disjoint(own, other));
        // A rule before the rewrite may allow a path as it is.
        let may_allow = |rule: &PathRule<'_>| {
            rule.kind == ActionKind::Allow && !rule.paths().is_some_and(|paths| paths.iter().all(is_disjoint))
        };
        let enforced = rules.iter().filter(|rule| rule.mode != Some(Mode::Shadow));
        let rewrite = enforced.take_while(|rule| !may_allow(rule)).find(|rule| {
            let covers = |matches| {
                request::covers((rule.matches, Sense::Grant), (matches, Sense::Grant), &comparisons)
            };
            // Both match a path with and without a last slash.
            let is_whole = ignore_slash(paths) || rule.paths().is_some_and(ignore_slash);
            rule.kind == ActionKind::Rewrite && is_whole && covers(&matches)
        });
        if let Some(rewrite) = rewrite.filter(|_| new.iter().all(is_disjoint)) {
            let message = format!(
                "rule `{name}` matches paths that rule `{}` of path-policy rewrites, and not the new paths",
                rewrite.name
            );
            let place = below(section, &format!("rules[{index}].match.paths"));
            let help = "match the new path: path-policy rewrites it before this filter";
            found.push(warning("rewritten_path", place, message, help));
        }
    }
}

/// Returns true if each pattern matches a path with a last slash if it matches the path without it, and the reverse.
fn ignore_slash(paths: &[PathMatch]) -> bool {
    paths
        .iter()
        .all(|path| matches!(path.shape(), PathShape::Prefix(_) | PathShape::Template { rest: true, .. }))
}

/// Returns the match on the request of a rule that is not off.
fn matches(rule: &Value) -> Option<RequestMatch> {
    let mut fields = rule.get("match").filter(|_| rule.get("mode").is_none_or(|mode| mode != "off"))?.clone();
    fields.as_object_mut()?.remove("claims");
    read(fields.to_string().as_bytes()).ok()
}

/// Finds redirects to a path that the same rule redirects again.
pub(crate) fn check_redirects(
    section: &str,
    rules: &[PathRule<'_>],
    document: &Value,
    found: &mut Vec<Problem>,
) {
    for (number, rule) in rules.iter().enumerate() {
        let Some(redirect) = target(document, rule, "redirect") else { continue };
        let has = |field| redirect.get(field).is_some();
        // A client may repeat the request with GET, except with these statuses (RFC 9110, section 15.4).
        let keeps_method = redirect.get("status").is_none_or(|status| status == 307 || status == 308);
        if has("host") || has("scheme") || !(keeps_method || rule.matches_every_method()) {
            continue;
        }
        let earlier = rules.get(..number).unwrap_or_default();
        let name = rule.name;
        let found_here = match redirect.get("regex").and_then(Value::as_str) {
            Some(regex) => is_unchanged(regex, rule).then(|| {
                let message = format!(
                    "rule `{name}` redirects a path to itself: the expression `{regex}` is not in it"
                );
                (message, "write an expression that is in each path of the match")
            }),
            None => new_path(redirect).filter(|new| leads_back(rule, new, earlier)).map(|_| {
                let message = format!("rule `{name}` redirects to a path that it redirects again");
                (message, "redirect to a path that the rule does not match, or to another host")
            }),
        };
        if let Some((message, help)) = found_here {
            let place = below(section, &format!("rules[{}].redirect", rule.index));
            found.push(warning("redirect_loop", place, message, help));
        }
    }
}

/// Finds new paths of redirects and rewrites with a segment `*` or `**`, which is sent as it is.
pub(crate) fn check_wildcards(
    section: &str,
    rules: &[PathRule<'_>],
    document: &Value,
    found: &mut Vec<Problem>,
) {
    let fields = ["redirect", "rewrite"].into_iter().flat_map(|kind| [(kind, "path"), (kind, "prefix")]);
    for (rule, (kind, field)) in rules.iter().flat_map(|rule| fields.clone().map(move |field| (rule, field)))
    {
        let new = target(document, rule, kind).and_then(|target| target.get(field)).and_then(Value::as_str);
        let wildcard = new.and_then(|new| new.split('/').find(|segment| matches!(*segment, "*" | "**")));
        let Some(wildcard) = wildcard else { continue };
        let message = format!("rule `{}` sends the segment `{wildcard}` of its new path as it is", rule.name);
        let help = match wildcard {
            "*" => {
                "name the segment in the template and here, such as `{id}`; or use `regex` with `substitution`"
            }
            _ => {
                "to keep the rest of the path, use `prefix` in the match and here, or `regex` with `substitution`"
            }
        };
        let place = below(section, &format!("rules[{}].{kind}.{field}", rule.index));
        found.push(warning("literal_wildcard", place, message, help));
    }
}

/// Returns true if an expression is in no path of one of the patterns: the location is the request itself.
fn is_unchanged(regex: &str, rule: &PathRule<'_>) -> bool {
    let Ok(found_in) = Expression::new(&format!("(?s:.*)(?:{regex})(?s:.*)"), false) else { return false };
    let is_absent = |pattern: &PathMatch| {
        expression(pattern).is_some_and(|pattern| pattern.states() < 1000 && pattern.is_disjoint(&found_in))
    };
    rule.paths().is_some_and(|paths| paths.iter().any(is_absent))
}

/// Returns true if a rule matches each of its new paths, and no earlier rule does.
fn leads_back(rule: &PathRule<'_>, new: &PathMatch, earlier: &[PathRule<'_>]) -> bool {
    let avoids = |rule: &PathRule<'_>| {
        rule.paths().is_some_and(|paths| paths.iter().all(|own| path::are_disjoint(own, new)))
    };
    let matches = rule.paths().is_none_or(|paths| paths.iter().any(|own| path::covers(own, new)));
    let fields = &rule.matches.fields;
    matches && rule.matches.not.is_none() && fields.headers.is_none() && earlier.iter().all(avoids)
}

/// Returns the target of a rule with a redirect or a rewrite.
fn target<'v>(document: &'v Value, rule: &PathRule<'_>, field: &str) -> Option<&'v Value> {
    document.get("rules")?.get(rule.index)?.get(field)
}

/// Returns a pattern that matches every path of a replacement; `None` if there is none, as for a substitution.
fn new_path(target: &Value) -> Option<PathMatch> {
    let kinds = [("prefix", "prefix"), ("path", "template")];
    let (text, kind) = kinds.iter().find_map(|(field, kind)| Some((target.get(field)?, *kind)))?;
    read(json!({kind: text}).to_string().as_bytes()).ok()
}
