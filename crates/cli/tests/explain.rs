//! `ringfence explain`: the complete output, and the exit status.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod command;

use command::{Run, printed, run};
use serde_json::{Value, json};

/// Explains a request with the policy of the shop.
fn shop(request: &str, more: &[&str]) -> Run {
    run(&[&["explain", "shop.yaml", "--request", request], more].concat(), "")
}

#[test]
fn explains_a_denial() {
    let expected = include_str!("data/denied.txt");
    assert_eq!(shop("GET https://shop.example.com/files/..;/admin", &[]), printed(expected));
    assert!(include_str!("../../../docs/explain.md").contains(expected));
}

#[test]
fn explains_an_allowed_request_with_its_changes() {
    let more = ["-H", "X-Internal-A: 1", "--response-header", "server: x", "--response-header", "a: b"];
    assert_eq!(
        shop("GET https://shop.example.com/beta/./x", &more),
        printed(include_str!("data/allowed.txt"))
    );
}

/// Explains a request with a policy from standard input.
fn with(policy: &str, request: &str, more: &[&str]) -> String {
    let run = run(&[&["explain", "-", "--request", request], more].concat(), policy);
    assert_eq!((run.status, run.err.as_str()), (0, ""));
    run.out
}

#[test]
fn shows_the_path_of_a_rewrite() {
    let policy = "
        path:
          default: deny
          rules:
            - {name: move, match: {paths: [{prefix: /api}]}, action: rewrite, rewrite: {prefix: /v1}}
        header: {rules: [{name: later, match: {paths: [{prefix: /v1}]}}]}";
    let text = with(policy, "GET https://a.example/api/a;b", &[]);
    let expected =
        "  matched   move\n  rewrote the path to /v1/a;b\n    or /v1/a\nheader-policy\n  matched   later\n";
    assert!(text.contains(expected), "{text}");
    let json = with(policy, "GET https://a.example/api/a;b", &["--format", "json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["path"]["rewritten"], json!(["/v1/a;b", "/v1/a"]));
    let unchanged = with(
        policy.replace("rewrite: {prefix: /v1}", "rewrite: {prefix: /api}").as_str(),
        "GET https://a.example/api",
        &[],
    );
    assert!(!unchanged.contains("rewrote"), "{unchanged}");
}

#[test]
fn names_the_reading_that_a_rewrite_does_not_make() {
    let policy = |default: &str, kind: &str| {
        format!(
            "{{default: {default}, rules: [{{name: r, match: {{paths: [{{prefix: /x}}]}}, action: {kind}, {kind}: {{prefix: /i/u}}}}]}}"
        )
    };
    for (policy, path, line, ambiguous) in [
        (
            policy("deny", "rewrite"),
            "/x/..%2fx/secret",
            "the new path /i/u/..%2Fx/secret has the reading /i/x/secret, which is not one of the replaced readings",
            json!({"path": "/i/u/..%2Fx/secret", "reading": "/i/x/secret"}),
        ),
        (
            policy("deny", "redirect"),
            "/x/..%2fx/secret",
            "the new path /i/u/..%2Fx/secret has the reading /i/x/secret, which is not one of the replaced readings",
            json!({"path": "/i/u/..%2Fx/secret", "reading": "/i/x/secret"}),
        ),
        (
            policy("allow", "rewrite"),
            "/x/..%2fsecret",
            "the rule does not decide the reading /secret",
            json!({"path": null, "reading": "/secret"}),
        ),
    ] {
        let request = format!("GET https://a.example{path}");
        let text = with(&policy, &request, &[]);
        let denied = "  denied by rule r of path-policy: rewrite_ambiguous";
        assert!(text.contains(&format!("  {line}\n{denied}\n")), "{text}");
        let json = with(&policy, &request, &["--format", "json"]);
        assert_eq!(serde_json::from_str::<Value>(&json).unwrap()["ambiguous"], ambiguous);
    }
    let json = with(&policy("deny", "rewrite"), "GET https://a.example/x/y", &["--format", "json"]);
    assert_eq!(serde_json::from_str::<Value>(&json).unwrap()["ambiguous"], Value::Null);
}

#[test]
fn names_the_header_that_denies() {
    let policy = "rules: [{name: r, require: [{name: x-a, present: true}, {name: x-b, exact: b}], forbid: [{name: x-c, present: true}]}]";
    for (headers, item, name, reason) in [
        (["x-a: 1", "x-b: c"], "require[1]", "x-b", "header_required"),
        (["x-b: b", "x-c: c"], "require[0]", "x-a", "header_required"),
    ] {
        let more = ["-H", headers[0], "-H", headers[1]];
        let text = with(policy, "GET https://a.example/", &more);
        let line = format!("denied by rule r of header-policy: {reason} by {item}, header {name}");
        assert_eq!(text.lines().next(), Some(line.as_str()));
        let json = with(policy, "GET https://a.example/", &[&more[..], &["--format", "json"]].concat());
        let json: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["header"], json!({"item": item, "name": name}));
    }
    let more = ["-H", "x-a: a", "-H", "x-b: b", "-H", "x-c: c"];
    let text = with(policy, "GET https://a.example/", &more);
    assert!(
        text.starts_with("denied by rule r of header-policy: header_forbidden by forbid[0], header x-c\n"),
        "{text}"
    );
}

#[test]
fn a_denial_in_shadow_is_in_the_first_line() {
    let policy = "{mode: shadow, default: allow, rules: [{name: a, action: deny}]}";
    let text = with(policy, "GET https://a.example/", &[]);
    let line = "allowed in shadow mode: would be denied by rule a of path-policy: denied on /";
    assert_eq!(text.lines().next(), Some(line));
    let json = with(policy, "GET https://a.example/", &["--format", "json"]);
    assert_eq!(serde_json::from_str::<Value>(&json).unwrap()["by"], json!([]));
}

#[test]
fn text_and_json_escape_paths_in_the_same_way() {
    let policy = "{default: allow, normalize: {forward: original}, rules: [{name: a, action: allow}]}";
    let request = r"GET https://a.example/a\\b";
    let text = with(policy, request, &[]);
    assert!(text.contains(r"upstream  GET /a\\b"), "{text}");
    let json: Value = serde_json::from_str(&with(policy, request, &["--format", "json"])).unwrap();
    let shown = json["path"]["canonical"].as_str().unwrap();
    assert!(shown == r"/a\\b" || !shown.contains('\\'), "{json}");
    assert!(text.contains(&format!("path      {shown}")), "{text}");
}

#[test]
fn takes_the_authority_of_connect_and_an_empty_one() {
    let policy = "{default: allow, rules: []}";
    assert!(with(policy, "CONNECT a.example:443", &[]).contains("\nhost      a.example\npath      none\n"));
    assert!(with(policy, "GET /", &["--host", ""]).contains("\nhost      invalid: authority_missing\n"));
    assert!(
        with(policy, "GET http://a.example/", &["--host", "a.example"]).contains("\nhost      a.example\n")
    );
}

#[test]
fn text_leaves_secrets_out() {
    let policy = r#"
        path: {default: allow, rules: [{name: a, match: {paths: [{prefix: /old}]}, action: redirect, redirect: {prefix: /new}}]}
        token:
          mode: shadow
          providers:
            p:
              issuer: a
              algorithms: [ES256]
              jwks: {remote: {cluster: a, uri: "https://a.example/"}}
              from: {headers: [{name: x-ticket}], cookies: [c], query: [ticket]}
          rules: [{name: r, require: {provider: p}}]"#;
    let headers = ["-H", "x-ticket: s3cret", "-H", "x-api-key: s3cret", "-H", "cookie: c=s3cret"];
    let token = "eyAiYWxnIjogIkVTMjU2In0.s3cret.s3cret";
    for url in ["/a?ticket=s3cret", "/old?ticket=s3cret", "/a;jsessionid=s3cret/b", &format!("/a/{token}")] {
        let request = format!("GET https://a.example{url}");
        let text = with(policy, &request, &headers);
        assert!(text.contains('\u{2026}') && !text.contains("s3cret"), "{text}");
        let json = with(policy, &request, &[&headers[..], &["--format", "json"]].concat());
        assert!(json.contains("s3cret"), "{json}");
    }
}

#[test]
fn prints_a_decision_as_json() {
    let run = shop("GET http://shop.example.com/old/a?b", &["--format", "json", "-H", r"x: \xff"]);
    let object: Value = serde_json::from_str(&run.out).unwrap();
    let missed = |rule: &str| json!({"filter": "path-policy", "rule": rule, "reading": "/old/a", "result": "missed", "field": "paths"});
    let matched = |filter: &str, rule: &str, reading: Value| json!({"filter": filter, "rule": rule, "reading": reading, "result": "matched", "field": null});
    assert_eq!(
        object,
        json!({
            "decision": "redirect", "filter": "path-policy", "rule": "old", "reason": "redirected", "header": null, "ambiguous": null,
            "by": [{"filter": "path-policy", "rule": "old"}],
            "mode": "enforce", "reading": null, "status": 308, "details": "ringfence_path_policy_redirected{old}",
            "host": "shop.example.com",
            "path": {"canonical": "/old/a", "readings": [{"path": "/old/a", "because": []}], "rewritten": null},
            "steps": [
                matched("vhost-policy", "shop", Value::Null), missed("admin"), missed("watched"),
                matched("path-policy", "old", "/old/a".into()),
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
fn prints_colours_on_terminals_only() {
    // `CLICOLOR_FORCE` stands for a terminal.
    let coloured = |variables: &[(&'static str, &'static str)]| {
        let arguments = ["explain", "shop.yaml", "--request", "GET https://shop.example.com/admin"];
        let run = command::run_with(variables, &arguments, "");
        run.out.contains("\u{1b}[31m")
    };
    assert!(!coloured(&[]));
    assert!(coloured(&[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
}

#[test]
fn takes_keys_and_the_time_from_flags() {
    let explain = |more: &[&str]| {
        let arguments =
            ["explain", "token.yaml", "--request", "GET https://a.example/", "--token", "@alice.jwt"];
        run(&[&arguments[..], more].concat(), "").out
    };
    assert_eq!(explain(&["--jwks", "jwks.json"]), include_str!("data/token.txt"));
    let late = explain(&["--jwks", "corporate=jwks.json", "--now", "2100-01-01T00:01:00Z"]);
    assert_eq!(late.lines().next(), Some("denied by rule all of token-validation: token_expired"));
    let without = explain(&[]);
    assert_eq!(without.lines().next(), Some("denied by rule all of token-validation: keys_missing"));
    let note = "note: provider `corporate` fetches its keys, which are not available here; add `--jwks corporate=FILE`";
    assert_eq!(without.lines().rev().nth(2), Some(note));
    assert_eq!(
        without.lines().last(),
        Some("note: a module waits for the keys before it decides on this request")
    );
}

#[test]
fn summarizes_many_requests_by_rule() {
    for (file, expected) in [
        ("requests.har", include_str!("data/requests.har.txt")),
        ("access.log", include_str!("data/access.log.txt")),
    ] {
        assert_eq!(run(&["explain", "shop.yaml", "--requests", file], ""), printed(expected), "{file}");
    }
    let list = "- GET https://shop.example.com/files/a\n- {request: GET /admin, host: shop.example.com, headers: ['a: b']}\n";
    let run = run(&["explain", "shop.yaml", "--requests", "-", "--format", "json"], list);
    let object: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((&object["requests"], object["results"].as_array().unwrap().len()), (&json!(2), 2));
    assert_eq!(
        object["summary"][1],
        json!({
            "decision": "deny", "by": [{"filter": "path-policy", "rule": "admin"}], "reason": "denied",
            "requests": 1, "example": "GET /admin",
        })
    );
}

#[test]
fn refuses_a_key_that_stands_twice() {
    let policy = r#"{"default": "deny", "default": "allow", "rules": []}"#;
    for key in ["default", r"d\u0065fault"] {
        let policy = policy.replacen("default", key, 1);
        let run = run(&["explain", "-", "--request", "GET http://a.example/"], &policy);
        assert_eq!((run.status, run.out.as_str()), (1, ""), "{key}");
        assert!(run.err.contains("duplicate key `default`"), "{}", run.err);
    }
    let requests = r#"[{"request": "GET /a", "host": "a", "request": "GET /b"}]"#;
    let run = run(&["explain", "shop.yaml", "--requests", "-"], requests);
    assert!(run.status == 2 && run.err.contains("duplicate key `request`"), "{}", run.err);
}

#[test]
fn reads_log_fields_by_the_names_of_flags() {
    let line = r#"{"verb": "GET", "authority": "shop.example.com", "path": "/files/a", "in": "1"}"#;
    let more = ["--log-field", "method=verb", "--log-header", "in=x-internal-a"];
    let run = run(&[&["explain", "shop.yaml", "--requests", "-"], &more[..]].concat(), line);
    assert!(run.out.ends_with("  - x-internal-a: 1\n  + x-gateway: ringfence\n"), "{}", run.out);
}

#[test]
fn reports_files_without_requests() {
    let explain = |input: &str| run(&["explain", "shop.yaml", "--requests", "-"], input);
    let lines = explain("{method: GET}\n{\"authority\": \"a\"}\n");
    assert!(
        lines.out.ends_with(
            "0 requests\nskipped: 2\n  1 of -: not a JSON object\n  2 of -: the line has no method\n"
        ),
        "{lines:?}"
    );
    let entries = explain("[7, {request: GET http://a.example/, hots: a}]");
    let reasons = "  1 of -: not a request; write `GET https://shop.example.com/x`\n  2 of -: unknown field `hots`, expected ";
    assert!(entries.status == 1 && entries.out.contains(reasons), "{entries:?}");
    let hosts = explain("[GETT, GET shop.example.com/x, {request: GET /, host: ''}]");
    let skipped = "\n1 request\nskipped: 2\n  1 of -: `GETT` has no URL; write the method and the URL: `GET https://shop.example.com/x`\n  2 of -: `GET shop.example.com/x` has no scheme; write `GET https://shop.example.com/x`\n";
    assert!(hosts.status == 0 && hosts.out.ends_with(skipped), "{hosts:?}");
    assert_eq!((lines.status, explain("[/admin]").status, explain("[]").status), (1, 1, 1));
    for har in [r#"{"log": {}}"#, r#"{"log": {"entries": null}}"#] {
        let err = "error: -: this HAR file has no list `entries` in `log`\n".to_owned();
        assert_eq!(explain(har), Run { err, status: 2, ..printed("") });
    }
}

#[test]
fn names_each_way_to_give_a_request() {
    let run = run(&["explain", "shop.yaml"], "");
    let ways = "\n  <--request <METHOD URL>|--requests <FILE>|--cases <FILE>>\n";
    assert!(run.status == 2 && run.err.contains(ways), "{}", run.err);
}

#[test]
fn a_certificate_is_a_sha256_everywhere() {
    let explain = |certificate: &str| {
        let entry = format!(
            "[{{request: GET https://a.example/, connection: {{clientCertificate: '{certificate}'}}}}]"
        );
        run(&["explain", "shop.yaml", "--requests", "-"], &entry)
    };
    let invalid = explain("nonsense");
    let message = "1 of -: invalid certificate `nonsense`; write the SHA-256 as 64 hex digits\n";
    assert!(invalid.status == 1 && invalid.out.contains(message), "{invalid:?}");
    assert_eq!(explain(&"aB:".repeat(32)).status, 0);
    let file = format!("{}/certificates.yaml", env!("CARGO_TARGET_TMPDIR"));
    let cases = "filter: path-policy\npolicy: {default: deny}\ncertificates: {client: nonsense}\ncases: []\n";
    std::fs::write(&file, cases).unwrap();
    let tested = run(&["test", &file], "");
    let message = "invalid certificate `client`: `nonsense`; write the SHA-256 as 64 hex digits\n";
    assert!(tested.status == 1 && tested.err.ends_with(message), "{tested:?}");
}

#[test]
fn the_fields_of_a_log_have_known_names() {
    for (flag, value, message) in [
        ("--log-field", "methods=verb", "unknown value `methods`; did you mean `method`?"),
        ("--log-field", "method", "write `VALUE=FIELD`, such as `method=verb`"),
        ("--log-header", "foo", "write `FIELD=HEADER`, such as `user_agent=user-agent`"),
        ("--log-header", "=foo", "write `FIELD=HEADER`, such as `user_agent=user-agent`"),
    ] {
        let run = run(&["explain", "shop.yaml", "--requests", "access.log", flag, value], "");
        assert!(run.status == 2 && run.err.contains(message), "{value}: {run:?}");
    }
}

#[test]
fn distinguishes_invalid_flags_and_invalid_policies() {
    let explain = |arguments: &[&str], input: &str| {
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
            "-:1:18: error: unknown_value: unknown value `alow`",
        ),
        (
            with(&["explain", "-", "--filter", "header-policy"]),
            "default: deny",
            1,
            "-:1:1: error: wrong_filter: this is a policy of path-policy, not of header-policy",
        ),
        (with(&["explain", "-"]), "a: [", 1, "-:2:1: error: syntax: invalid YAML: "),
        (
            with(&["explain", "-"]),
            "{x: 1}",
            2,
            "error: -: expected a file with one policy and nothing else; if it is one, select its filter with `--filter`",
        ),
        (
            with(&["explain", "../../../../envoy-configs/ringfence.yaml"]),
            "",
            2,
            "error: ../../../../envoy-configs/ringfence.yaml: expected a file with one policy and nothing else; copy the policy of the bootstrap, manifest or case file to a new file",
        ),
        (
            with(&["explain", "-", "--filter", "path"]),
            "{default: allow}",
            2,
            "error: invalid value 'path' for '--filter <FILTER>'",
        ),
        (with(&["explain", "gone.yaml"]), "", 2, "error: gone.yaml: No such file or directory (os error 2)"),
        (
            vec!["explain", "shop.yaml", "--request", "GET https://a.example/", "--token", "@"],
            "",
            2,
            "error: `--token @` has no file; write `--token @FILE`",
        ),
        (
            vec!["explain", "shop.yaml", "--request", "GET https://a.example/", "--host", "b.example"],
            "",
            2,
            "error: the host `b.example` and another one in `a.example`; remove one of the two",
        ),
        (
            vec![
                "explain",
                "shop.yaml",
                "--request",
                "GET /",
                "--host",
                "b.example",
                "-H",
                "Host: a.example",
            ],
            "",
            2,
            "error: the host `b.example` and another one in `Host: a.example`; remove one of the two",
        ),
        (
            vec!["explain", "shop.yaml", "--cases", "cases.yaml", "--format", "json"],
            "",
            2,
            "error: `--cases` takes no policy: the case file names it; remove `shop.yaml`",
        ),
        (
            vec!["explain", "shop.yaml", "--requests", "access.log", "--cases", "cases.yaml"],
            "",
            2,
            "error: the argument '--requests <FILE>' cannot be used with '--cases <FILE>'",
        ),
        (
            with(&["explain", "token.yaml", "--jwks", "corporat=jwks.json"]),
            "",
            2,
            "error: `--jwks corporat=jwks.json`: unknown provider `corporat`, or its keys are inline; did you mean `corporate`?",
        ),
        (
            with(&["explain", "shop.yaml", "--jwks", "jwks.json"]),
            "",
            2,
            "error: `--jwks jwks.json`: no provider of the policy fetches keys",
        ),
    ] {
        let (found, message_line) = explain(&arguments, input);
        assert_eq!(found, status, "{arguments:?}: {message_line}");
        assert!(message_line.starts_with(message), "{message_line}");
    }
}

#[test]
fn an_invalid_request_is_explained() {
    for (request, message) in [
        ("/admin", "error: `/admin` has no method; write `GET https://shop.example.com/x`"),
        ("GET /", "error: `GET /` has no host; write the whole URL, or add the host: `--host`, `host`"),
        ("GET HTTPS:///x", "error: `GET HTTPS:///x` has no host; write `GET HTTPS://shop.example.com/x`"),
        (
            "GET shop.example.com/x",
            "error: `GET shop.example.com/x` has no scheme; write `GET https://shop.example.com/x`",
        ),
        ("GETT", "error: `GETT` has no URL; write the method and the URL: `GET https://shop.example.com/x`"),
        (
            "GET ftp://a.example/",
            "error: `GET ftp://a.example/` has the scheme `ftp`; write `https`, `http`, `wss` or `ws`",
        ),
        ("CONNECT", "error: `CONNECT` has no host; write `CONNECT a.example:443`"),
        (r"GET https://a/\q", r"error: invalid backslash in `/\q`; write `\\` or `\xHH`"),
    ] {
        let found = run(&["explain", "shop.yaml", "--request", request], "");
        assert_eq!(found.status, 2, "{request}: {}", found.err);
        assert!(found.err.starts_with(message), "{}", found.err);
    }
}
