//! `ringfence convert`: the complete output, and the exit status.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod command;

use command::{Run, printed, run};
use serde_json::{Value, json};

#[test]
fn comments_name_what_is_not_carried_over() {
    let err =
        "note: 2 not carried over; the comments name them, and the policy is stricter there\n".to_owned();
    let expected = Run { err, ..printed(include_str!("data/istio.txt")) };
    assert_eq!(run(&["convert", "istio.yaml"], ""), expected);
}

#[test]
fn converts_a_filter_of_envoy() {
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
fn reports_why_a_document_cannot_be_converted() {
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
            "error: the policies select different workloads or namespaces; convert one workload at a time\n",
        ),
        (
            "kind: Pod",
            "error: expected policies of Istio, or the configuration of Envoy's filter rbac or jwt_authn\n",
        ),
        ("", "error: the input is empty\n"),
        (
            "default: deny\nrules: [{name: a, action: alow}]",
            "error: -: expected policies of Istio, or the configuration of Envoy's filter rbac or jwt_authn; this is a policy of path-policy\n",
        ),
        (
            include_str!("data/token.yaml"),
            "error: -: expected policies of Istio, or the configuration of Envoy's filter rbac or jwt_authn; this is a policy of token-validation\n",
        ),
        ("rules: {action: LOG}", "error: unsupported action `LOG`: it neither allows nor denies\n"),
    ] {
        assert_eq!(run(&["convert", "-"], input), Run { err: message.to_owned(), status: 1, ..printed("") });
    }
}
