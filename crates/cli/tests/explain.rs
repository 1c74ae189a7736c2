//! `ringfence explain`: what it prints, whole, and how it ends.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod command;

use command::{Run, printed, run};
use serde_json::{Value, json};

/// Asks the shop's policy about a request.
fn shop(request: &str, more: &[&str]) -> Run {
    run(&[&["explain", "shop.yaml", "--request", request], more].concat(), "")
}

#[test]
fn a_denial_is_told_step_by_step() {
    let expected = include_str!("data/denied.txt");
    assert_eq!(shop("GET https://shop.example.com/files/..;/admin", &[]), printed(expected));
}

#[test]
fn an_allowed_request_is_told_with_what_changes() {
    let more = ["-H", "X-Internal-A: 1", "--response-header", "server: x", "--response-header", "a: b"];
    assert_eq!(
        shop("GET https://shop.example.com/beta/./x", &more),
        printed(include_str!("data/allowed.txt"))
    );
}

#[test]
fn a_decision_is_an_object_for_programs() {
    let run = shop("GET http://shop.example.com/old/a?b", &["--format", "json", "-H", r"x: \xff"]);
    let told: Value = serde_json::from_str(&run.out).unwrap();
    let missed = |rule: &str| json!({"filter": "path_policy", "rule": rule, "reading": "/old/a", "result": "missed", "field": "paths"});
    let matched = |filter: &str, rule: &str, reading: Value| json!({"filter": filter, "rule": rule, "reading": reading, "result": "matched", "field": null});
    assert_eq!(
        told,
        json!({
            "decision": "redirect", "filter": "path_policy", "rule": "old", "reason": "redirected",
            "by": [{"filter": "path_policy", "rule": "old"}],
            "mode": "enforce", "reading": null, "status": 308, "details": "ringfence_path_policy_redirected{old}",
            "host": "shop.example.com",
            "path": {"canonical": "/old/a", "readings": [{"path": "/old/a", "because": []}]},
            "steps": [
                matched("vhost_policy", "shop", Value::Null), missed("admin"), missed("watched"),
                matched("path_policy", "old", "/old/a".into()),
            ],
            "shadowed": [],
            "response": {
                "status": 308, "body": "",
                "headers": [{"name": "location", "value": "/new/a?b"}],
            },
            "upstream": null, "awaitsKeys": false, "notes": [],
        })
    );
    assert_eq!((run.status, run.err.as_str()), (0, ""));
}

#[test]
fn colours_are_for_terminals() {
    // A terminal is what `CLICOLOR_FORCE` says is one.
    let coloured = |variables: &[(&'static str, &'static str)]| {
        let ask = ["explain", "shop.yaml", "--request", "GET https://shop.example.com/admin"];
        let run = command::run_with(variables, &ask, "");
        run.out.contains("\u{1b}[31m")
    };
    assert!(!coloured(&[]));
    assert!(coloured(&[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
}

#[test]
fn keys_and_the_time_are_given() {
    let ask = |more: &[&str]| {
        let ask = ["explain", "token.yaml", "--request", "GET https://a.example/", "--token", "@alice.jwt"];
        run(&[&ask[..], more].concat(), "").out
    };
    assert_eq!(ask(&["--jwks", "jwks.json"]), include_str!("data/token.txt"));
    let late = ask(&["--jwks", "corporate=jwks.json", "--now", "2100-01-01T00:01:00Z"]);
    assert_eq!(late.lines().next(), Some("denied by rule all of token_validation: token_expired"));
    let without = ask(&[]);
    assert_eq!(without.lines().next(), Some("denied by rule all of token_validation: keys_missing"));
    let note = "note: provider `corporate` fetches its keys, and there are none here: give them by --jwks corporate=FILE";
    assert_eq!(without.lines().rev().nth(2), Some(note));
    assert_eq!(without.lines().last(), Some("note: a module waits for keys before it answers this"));
}

#[test]
fn many_requests_are_counted_by_rule() {
    for (file, expected) in [
        ("requests.har", include_str!("data/requests.har.txt")),
        ("access.log", include_str!("data/access.log.txt")),
    ] {
        assert_eq!(run(&["explain", "shop.yaml", "--requests", file], ""), printed(expected), "{file}");
    }
    let list = "- GET https://shop.example.com/files/a\n- {request: GET /admin, host: shop.example.com, headers: ['a: b']}\n";
    let run = run(&["explain", "shop.yaml", "--requests", "-", "--format", "json"], list);
    let told: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((&told["requests"], told["results"].as_array().unwrap().len()), (&json!(2), 2));
    assert_eq!(
        told["summary"][1],
        json!({
            "decision": "deny", "by": [{"filter": "path_policy", "rule": "admin"}], "reason": "denied",
            "requests": 1, "example": "GET /admin",
        })
    );
}

#[test]
fn fields_of_a_log_have_the_names_that_they_are_given() {
    let line = r#"{"verb": "GET", "authority": "shop.example.com", "path": "/files/a", "in": "1"}"#;
    let more = ["--log-field", "method=verb", "--log-header", "in=x-internal-a"];
    let run = run(&[&["explain", "shop.yaml", "--requests", "-"], &more[..]].concat(), line);
    assert!(run.out.ends_with("  - x-internal-a: 1\n  + x-gateway: ringfence\n"), "{}", run.out);
}

#[test]
fn a_wrong_call_and_a_wrong_policy_are_told_apart() {
    let ask = |arguments: &[&str], input: &str| {
        let run = run(arguments, input);
        (run.status, run.err.lines().next().unwrap_or_default().to_owned())
    };
    let request = ["--request", "GET https://a.example/"];
    let with = |first: &[&'static str]| [first, &request[..]].concat();
    for (arguments, input, status, message) in [
        (
            with(&["explain", "-"]),
            "{path: {default: alow}}",
            1,
            "-: unknown_value at path.default: unknown value `alow`; did you mean `allow`?",
        ),
        (with(&["explain", "-"]), "a: [", 1, "-: "),
        (
            with(&["explain", "-"]),
            "{x: 1}",
            2,
            "error: -: which filter is it of? name it: --filter path-policy",
        ),
        (
            with(&["explain", "-", "--filter", "path"]),
            "{default: allow}",
            2,
            "error: `path` is no filter: there are vhost-policy, path-policy, token-validation, header-policy, ringfence",
        ),
        (with(&["explain", "gone.yaml"]), "", 2, "error: gone.yaml: No such file or directory (os error 2)"),
        (
            vec!["explain", "shop.yaml", "--request", "GET /"],
            "",
            2,
            "error: `GET /` has no host: write the whole URL, or add --host",
        ),
        (
            vec!["explain", "shop.yaml", "--request", r"GET https://a/\q"],
            "",
            2,
            r"error: a lone backslash in `/\q`: write `\\` or `\xHH`",
        ),
    ] {
        let (found, told) = ask(&arguments, input);
        assert_eq!(found, status, "{arguments:?}: {told}");
        assert!(told.starts_with(message), "{told}");
    }
}
