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

/// Returns warnings about a valid policy of one filter. `section` is its path in the document, which may be empty.
pub fn lint(filter: &str, section: &str, policy: &Value) -> Vec<Problem> {
    let mut found = Found::default();
    walk::each(section, policy, &mut |place| {
        duplicates::check(place, &mut found);
        regex::check(place, &mut found);
    });
    if filter == "path-policy" {
        posture::check(section, policy, &mut found);
    }
    if matches!(filter, "path-policy" | "token-validation") {
        unreachable::check(section, policy, &mut found);
    }
    found.into_problems()
}
