//! Warnings about policies that are valid and probably do not mean what their authors intended.
//!
//! A warning is never false: a rule that is reported as unreachable never matches. Some rules that never match are not
//! reported.

mod cost;
mod duplicates;
mod files;
mod language;
mod methods;
mod path;
mod path_rule;
mod posture;
mod regex;
mod replacement;
mod request;
mod unreachable;
mod walk;
mod warning;

pub use cost::{Section, cost};

use path_rule::PathRule;
use policy::decision::Filter;
use policy::document::{Problem, read};
use policy::stages::{PathStage, Stage, TokenStage};
use policy::vocabulary::{Mode, Sense};
use serde_json::Value;
use unreachable::Rule;

/// The codes of warnings, with their meaning.
pub const CODES: [(&str, &str); 13] = [
    ("unreachable_rule", "a rule that never matches, because an earlier rule matches all of its requests"),
    ("duplicate_pattern", "a pattern, method or name that a list contains twice"),
    ("simple_regex", "a regular expression that a simpler pattern can replace: both match the same"),
    (
        "forward_original",
        "`forward: original` in a policy that denies: the upstream receives a path that was not checked",
    ),
    ("allow_all", "`default: allow` without rules"),
    (
        "path_info",
        "a program such as `/a.php` is denied, and `/a.php/x` is not, for which some servers run it",
    ),
    ("clean_url", "a page such as `/a.html` is denied, and `/a` is not, for which some servers send it"),
    ("method_override", "a method is denied, and a POST with a header that stands for this method is not"),
    (
        "connect",
        "an expression denies every path, and not CONNECT, which has no path: `prefix: /` denies both",
    ),
    ("rewritten_path", "a rule of a later filter matches only paths that path-policy rewrites before"),
    ("redirect_loop", "a redirect to a path that the same rule redirects again"),
    (
        "literal_wildcard",
        "the new path of a redirect or rewrite has a segment `*` or `**`, which is sent as it is",
    ),
    ("costly_rules", "a plain request costs more than its budget, and is denied as `too_costly`"),
];

/// The other policies of the same document.
#[derive(Debug, Clone, Copy, Default)]
pub struct Others<'p> {
    /// The policy of path-policy.
    pub path: Option<&'p Value>,
    /// The policy of header-policy.
    pub headers: Option<&'p Value>,
}

/// Returns warnings about a valid policy of one filter. `section` is its path in the document, which may be empty.
pub fn lint(filter: Filter, section: &str, policy: &Value, others: Others<'_>) -> Vec<Problem> {
    let mut found = Vec::new();
    walk::each(section, policy, &mut |place| {
        duplicates::check(place, &mut found);
        regex::check(place, &mut found);
    });
    let (document, text) = (policy, policy.to_string());
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
                let rules = PathRule::all(&policy);
                files::check(section, &rules, policy.default, &mut found);
                replacement::check_redirects(section, &rules, document, &mut found);
                replacement::check_wildcards(section, &rules, document, &mut found);
                methods::check_connect(section, &rules, policy.default, &mut found);
                methods::check_overrides(section, &rules, policy.default, others.headers, &mut found);
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
    if let (Filter::TokenValidation | Filter::HeaderPolicy, Some(path)) = (filter, others.path)
        && let Ok(before) = read::<<PathStage as Stage>::Document>(path.to_string().as_bytes())
        && before.mode == Mode::Enforce
        && document.get("mode").is_none_or(|mode| mode != "off")
    {
        replacement::check_later_filter(section, document, (&PathRule::all(&before), path), &mut found);
    }
    found
}
