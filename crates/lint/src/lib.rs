//! What a policy says that nobody means. The engine takes it all; whoever wrote it may want to know.
//!
//! What is here is for policies that load, and is read from their JSON. Nothing is said that is not so: a rule that is
//! said never to match never does. That some rules never match and nobody says so is well possible.

mod duplicates;
mod path;
mod posture;
mod regex;
mod request;
mod unreachable;
mod walk;

use policy::document::Problem;
use serde_json::Value;

/// The codes, and what each of them says.
pub const CODES: [(&str, &str); 5] = [
    ("unreachable_rule", "a rule that never matches, for an earlier one takes every request that it is for"),
    ("duplicate_pattern", "a pattern, method or name that stands twice in one list"),
    ("simple_regex", "a regular expression that `exact`, `prefix`, `suffix` or `contains` could say"),
    (
        "forward_original",
        "`forward: original` beside a denial: the upstream gets a path that was not judged as it stands",
    ),
    ("allow_all", "`default: allow` and no rule"),
];

/// Returns warnings about a valid policy of one filter. `section` is its path in the document, which may be empty.
pub fn lint(filter: &str, section: &str, policy: &Value) -> Vec<Problem> {
    let mut found = Found::default();
    found.section(section, filter, policy);
    found.0
}

/// What was found so far.
#[derive(Debug, Default)]
struct Found(Vec<Problem>);

impl Found {
    fn add(&mut self, code: &'static str, path: String, message: String, help: impl Into<String>) {
        self.0.push(Problem { code, path, message, help: help.into() });
    }

    fn section(&mut self, section: &str, filter: &str, policy: &Value) {
        walk::each(section, policy, &mut |place| {
            duplicates::look(place, self);
            regex::look(place, self);
        });
        if filter == "path-policy" {
            posture::look(section, policy, self);
        }
        if matches!(filter, "path-policy" | "token-validation") {
            unreachable::look(section, policy, self);
        }
    }
}

/// The place of a field below another.
fn below(path: &str, field: &str) -> String {
    if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") }
}
