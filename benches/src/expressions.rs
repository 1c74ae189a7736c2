//! Long paths and regular expressions: rules that deny, none of which matches.

use crate::variants::{NONE, Variant};
use anyhow::Result;
use serde_json::{Value, json};
use testkit::bootstrap::{extension, wasm};

pub(crate) const FEW: &str = "path-policy, 20 expressions";
pub(crate) const NATIVE: &str = "Envoy: rbac, 20 expressions";

/// The length of a path, in bytes.
const LENGTH: usize = 8000;

/// Words in the names of files that should not be served.
const WORDS: [&str; 8] =
    ["wp-admin", "phpmyadmin", "cgi-bin", "actuator", "server-status", "vendor", "backup", "console"];

fn expressions(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|n| {
        let (one, other) = (WORDS[n % WORDS.len()], WORDS[(n * 3 + 1) % WORDS.len()]);
        format!(r"(?i).*/({one}|{other})/?v{n}.*\.(bak|sql)")
    })
}

/// Returns the variants: path-policy with these numbers of expressions, and Envoy's filter with 20.
pub(crate) fn variants(counts: &[usize]) -> Result<Vec<Variant>> {
    let path_policy = |count: usize| {
        let rule = |(n, regex)| json!({"name": format!("r{n}"), "match": {"paths": [{"regex": regex}]}, "action": "deny"});
        let rules: Vec<Value> = expressions(count).enumerate().map(rule).collect();
        wasm("path-policy", &json!({"default": "allow", "rules": rules}).to_string())
    };
    let mut variants = vec![Variant::new(NONE, Vec::new())];
    for count in counts {
        variants.push(Variant::new(&format!("path-policy, {count} expressions"), vec![path_policy(*count)?]));
    }
    variants.push(Variant::new(NATIVE, vec![rbac()]));
    Ok(variants)
}

fn rbac() -> Value {
    let policy = |(n, regex): (usize, String)| {
        let permission = json!({"url_path": {"path": {"safe_regex": {"regex": regex}}}});
        (format!("r{n}"), json!({"permissions": [permission], "principals": [{"any": true}]}))
    };
    let policies: serde_json::Map<String, Value> = expressions(20).enumerate().map(policy).collect();
    let rbac = json!({"rules": {"action": "DENY", "policies": policies}});
    extension("rbac", "filters.http.rbac.v3.RBAC", rbac)
}

/// Returns a path with one reading.
pub(crate) fn plain() -> String {
    segments("")
}

/// Returns a path with many readings of about the same length.
pub(crate) fn ambiguous() -> String {
    segments("/a%3Ab//c")
}

fn segments(start: &str) -> String {
    let segment =
        "/a-segment-of-a-path-that-is-as-long-as-the-names-of-objects-in-a-store-of-objects-2026.pdf";
    let words = segment.chars().cycle();
    start.chars().chain(words).take(LENGTH).collect()
}
