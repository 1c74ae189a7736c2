//! The policies, and what each permits a server to return.

use super::answer::{Answer, resolved};
use serde_json::{Value, json};

/// A policy.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    kind: Does,
    /// Whether its rules ignore case; `None` if it is for every server.
    pub ignores_case: Option<bool>,
    /// The setting `forward`.
    forward: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Does {
    Deny,
    Allow,
    Rewrite,
}

/// All policies.
pub const CASES: [Case; 7] = [
    case("deny", Does::Deny, Some(false), "canonical"),
    case("deny, forward: original", Does::Deny, Some(false), "original"),
    case("deny, ignoreCase", Does::Deny, Some(true), "canonical"),
    case("deny, ignoreCase, forward: original", Does::Deny, Some(true), "original"),
    case("allow", Does::Allow, None, "canonical"),
    case("allow, forward: original", Does::Allow, None, "original"),
    case("rewrite", Does::Rewrite, None, "canonical"),
];

const fn case(name: &'static str, kind: Does, ignores_case: Option<bool>, forward: &'static str) -> Case {
    Case { name, kind, ignores_case, forward }
}

impl Case {
    /// Returns the policy.
    pub fn policy(&self) -> String {
        let ignore = self.ignores_case == Some(true);
        let (default, rules) = match self.kind {
            Does::Deny => ("allow", deny(ignore)),
            Does::Allow => ("deny", allow()),
            Does::Rewrite => ("deny", rewrite()),
        };
        json!({"default": default, "normalize": {"forward": self.forward}, "rules": rules}).to_string()
    }

    /// Returns true if the policy permits this answer.
    pub fn permits(&self, answer: &Answer) -> bool {
        match (self.kind, answer) {
            (_, Answer::Denied) | (Does::Rewrite, Answer::Public) => false,
            (Does::Deny, Answer::Asked(path)) => !resolved(path).iter().any(|path| self.is_denied(path)),
            (Does::Allow, Answer::Asked(path)) => resolved(path).iter().all(|path| is_allowed(path)),
            (Does::Rewrite, Answer::Asked(path)) => resolved(path).iter().all(|path| is_rewritten(path)),
            _ => true,
        }
    }

    /// Returns true if the policy that denies a folder denies this path.
    fn is_denied(&self, path: &str) -> bool {
        let path = if self.ignores_case == Some(true) { path.to_ascii_lowercase() } else { path.to_owned() };
        path == "/private" || path.starts_with("/private/")
    }
}

fn deny(ignore: bool) -> Value {
    let regex = if ignore { "(?i)/users/[^/]+/keys" } else { "/users/[^/]+/keys" };
    json!([
        {"name": "folder", "match": {"paths": [{"prefix": "/private", "ignoreCase": ignore}]}, "action": "deny"},
        {"name": "route", "match": {"paths": [{"exact": "/admin", "ignoreCase": ignore}]}, "action": "deny"},
        {"name": "file", "match": {"paths": [{"exact": "/files/plan.txt", "ignoreCase": ignore}]}, "action": "deny"},
        {"name": "ending", "match": {"paths": [{"suffix": ".bak", "ignoreCase": ignore}]}, "action": "deny"},
        {"name": "expression", "match": {"paths": [{"regex": regex}]}, "action": "deny"},
    ])
}

fn allow() -> Value {
    json!([{
        "name": "public",
        "match": {"paths": [
            {"exact": "/"}, {"prefix": "/public"}, {"template": "/users/{id}/posts"}, {"suffix": ".css"},
            {"regex": "/team/[a-z]+/page"},
        ]},
        "action": "allow",
    }])
}

/// Returns true if the policy that allows permits this path.
fn is_allowed(path: &str) -> bool {
    let segments: Vec<&str> = path.split('/').collect();
    path == "/"
        || path.ends_with(".css")
        || matches!(
            segments.as_slice(),
            ["", "public", ..] | ["", "users", _, "posts"] | ["", "team", _, "page"]
        )
}

fn rewrite() -> Value {
    json!([
        {"name": "prefix", "match": {"paths": [{"prefix": "/api"}]}, "action": "rewrite",
            "rewrite": {"prefix": "/v1/inside"}},
        {"name": "template", "match": {"paths": [{"template": "/t/{id}"}]}, "action": "rewrite",
            "rewrite": {"path": "/v2/items/{id}/view"}},
        {"name": "expression", "match": {"paths": [{"prefix": "/r"}]}, "action": "rewrite",
            "rewrite": {"regex": "^/r(/|$)", "substitution": "/v3/"}},
        {"name": "removed", "match": {"paths": [{"prefix": "/minus"}]}, "action": "rewrite",
            "rewrite": {"regex": "-", "substitution": ""}},
        {"name": "shorter", "match": {"paths": [{"prefix": "/drop"}]}, "action": "rewrite",
            "rewrite": {"regex": "^/drop/[^/]+", "substitution": "/v4"}},
        {"name": "last", "match": {"paths": [{"template": "/d/{first}/{last}"}]}, "action": "rewrite",
            "rewrite": {"path": "/v5/{last}"}},
    ])
}

/// Returns true if a replacement of the policy that rewrites can be this path.
fn is_rewritten(path: &str) -> bool {
    let segments: Vec<&str> = path.split('/').collect();
    matches!(
        segments.as_slice(),
        ["", "v1", "inside", ..]
            | ["", "v2", "items", _, "view"]
            | ["", "v3" | "v4" | "v5" | "minus" | "drop", ..]
    )
}
