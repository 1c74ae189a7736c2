//! Warnings about policies that are valid and probably do not mean what their authors intended.
//!
//! A warning is never false: a rule that is reported as unreachable never matches. Some rules that never match are not
//! reported.

mod duplicates;
mod found;
mod path;
mod posture;
mod regex;
mod request;
mod unreachable;
mod walk;

use found::Found;
use policy::document::Problem;
use serde_json::Value;

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

/// Returns the warnings about a valid policy of a filter.
pub fn lint(filter: &str, policy: &Value) -> Vec<Problem> {
    let mut found = Found::default();
    match filter {
        "ringfence" => {
            for (section, filter) in SECTIONS {
                if let Some(policy) = policy.get(section) {
                    check_section(section, filter, policy, &mut found);
                }
            }
        }
        _ => check_section("", filter, policy, &mut found),
    }
    found.into_problems()
}

/// The sections of a policy of ringfence.
const SECTIONS: [(&str, &str); 4] = [
    ("vhost", "vhost-policy"),
    ("path", "path-policy"),
    ("token", "token-validation"),
    ("header", "header-policy"),
];

fn check_section(section: &str, filter: &str, policy: &Value, found: &mut Found) {
    walk::each(section, policy, &mut |place| {
        duplicates::check(place, found);
        regex::check(place, found);
    });
    if filter == "path-policy" {
        posture::check(section, policy, found);
    }
    if matches!(filter, "path-policy" | "token-validation") {
        unreachable::check(section, policy, found);
    }
}
