//! `ringfence convert`: what it prints, whole, and how it ends.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod command;

use command::{Run, printed, run};
use serde_json::{Value, json};

#[test]
fn what_does_not_carry_over_is_a_comment() {
    let err = "note: not carried over: 2; each is a comment, and the policy is stricter there\n".to_owned();
    let expected = Run { err, ..printed(include_str!("data/istio.txt")) };
    assert_eq!(run(&["convert", "istio.yaml"], ""), expected);
}

#[test]
fn a_filter_of_envoy_becomes_a_policy() {
    let run = run(&["convert", "rbac.json", "--format", "json"], "");
    let matches = json!({"methods": ["GET"], "paths": [{"regex": "/api.*"}]});
    assert_eq!(
        serde_json::from_str::<Value>(&run.out).unwrap(),
        json!({
            "filter": "path-policy", "comments": [],
            "policy": {"default": "deny", "rules": [{"name": "readers-1", "match": matches, "action": "allow"}]},
        })
    );
    assert_eq!((run.status, run.err.as_str()), (0, ""));
}

#[test]
fn what_cannot_be_converted_says_why() {
    let istio = |name: &str, rest: &str| {
        format!(
            "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {{name: {name}}}\nspec: {rest}\n---\n"
        )
    };
    let other = istio("a", "{selector: {matchLabels: {app: a}}}")
        + &istio("b", "{selector: {matchLabels: {app: b}}}");
    for (input, message) in [
        (
            other.as_str(),
            "error: policies of different workloads or namespaces: convert those of one workload at a time\n",
        ),
        (
            "kind: Pod",
            "error: this is no policy of Istio, and no configuration of Envoy's rbac or jwt_authn filter\n",
        ),
        ("", "error: there is nothing in it\n"),
        ("rules: {action: LOG}", "error: the action LOG decides nothing\n"),
    ] {
        assert_eq!(run(&["convert", "-"], input), Run { err: message.to_owned(), status: 1, ..printed("") });
    }
}
