//! Warnings about policies that are valid and probably do not mean what their authors intended.
//!
//! A warning is never false: a rule that is reported as unreachable never matches. Some rules that never match are not
//! reported.

mod duplicates;
mod path;
mod posture;
mod regex;
mod request;
mod unreachable;
mod walk;
mod warning;

use policy::decision::Filter;
use policy::document::{Problem, read};
use policy::stages::{PathStage, Stage, TokenStage};
use policy::vocabulary::Sense;
use serde_json::Value;
use unreachable::Rule;

/// The codes of warnings, with their meaning.
pub const CODES: [(&str, &str); 5] = [
    ("unreachable_rule", "a rule that never matches, because an earlier rule matches all of its requests"),
    ("duplicate_pattern", "a pattern, method or name that a list contains twice"),
    ("simple_regex", "a regular expression that `exact`, `prefix`, `suffix` or `contains` can replace"),
    (
        "forward_original",
        "`forward: original` in a policy that denies: the upstream receives a path that was not checked",
    ),
    ("allow_all", "`default: allow` without rules"),
];

/// Returns warnings about a valid policy of one filter. `section` is its path in the document, which may be empty.
pub fn lint(filter: Filter, section: &str, policy: &Value) -> Vec<Problem> {
    let mut found = Vec::new();
    walk::each(section, policy, &mut |place| {
        duplicates::check(place, &mut found);
        regex::check(place, &mut found);
    });
    let text = policy.to_string();
    /// Checks the rules of a policy whose type is not public, if the first rule that matches decides.
    macro_rules! check_rules {
        ($policy:ident, $rules:expr, $rule:ident => $matches:expr, $sense:expr, $decides:expr) => {
            let rules = $rules.iter().map(|$rule| Rule {
                name: &$rule.name,
                mode: $rule.mode,
                matches: &$matches,
                sense: $sense,
                decides: $decides,
            });
            unreachable::check(section, $policy.mode, &rules.collect::<Vec<_>>(), &mut found);
        };
    }
    match filter {
        Filter::PathPolicy => {
            if let Ok(policy) = read::<<PathStage as Stage>::Document>(text.as_bytes()) {
                posture::check(section, &policy, &mut found);
                check_rules!(policy, policy.rules, rule => rule.action.matches, rule.action.kind.sense(), rule.action.kind.sense());
            }
        }
        Filter::TokenValidation => {
            if let Ok(policy) = read::<<TokenStage as Stage>::Document>(text.as_bytes()) {
                // A rule that matches only another spelling adds its requirement, and later rules are tried.
                check_rules!(policy, policy.providers_and_rules.rules, rule => rule.matches, rule.require.sense(), Sense::Grant);
            }
        }
        // Every host has one virtual host, and every rule of header-policy that matches applies.
        Filter::VhostPolicy | Filter::HeaderPolicy => {}
    }
    found
}
