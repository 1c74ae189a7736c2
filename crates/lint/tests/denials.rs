//! Warnings about denials that servers walk around: each case, and for random policies that the other path is allowed.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use lint::Others;
use policy::Outcome;
use policy::decision::{Filter, NoTrace};
use policy::http::Connection;
use policy::stages::{PathStage, load};
use serde_json::{Value, json};

fn lint(policy: &Value) -> Vec<policy::document::Problem> {
    lint::lint(Filter::PathPolicy, "", policy, Others::default())
}

fn allows(policy: &Value, method: &str, path: &str) -> bool {
    let stage: PathStage = load(policy.to_string().as_bytes()).unwrap();
    let lines = [(":method", method), (":authority", "a.example"), (":path", path)];
    // A CONNECT has no path.
    let lines = lines.iter().filter(|(_, value)| !value.is_empty());
    let lines = lines.map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    let outcome: Outcome<'_, PathStage, NoTrace> = policy::decide(&stage, lines, Connection::default(), 0);
    outcome.answer.is_none()
}

fn deny(paths: Value) -> Value {
    json!({"default": "allow", "rules": [{"name": "r", "action": "deny", "match": {"paths": paths}}]})
}

#[test]
fn a_denied_file_has_other_paths() {
    for (pattern, code, path) in [
        (json!({"suffix": ".php"}), "path_info", "/a.php/x"),
        (json!({"exact": "/admin.php"}), "path_info", "/admin.php/x"),
        (json!({"template": "/{x}/run.cgi"}), "path_info", "/a/run.cgi/x"),
        (json!({"regex": "/cgi-bin/[a-z]+[.](pl|cgi)"}), "path_info", "/cgi-bin/a.pl/x"),
        (json!({"exact": "/secret.html"}), "clean_url", "/secret"),
        (json!({"exact": "/secret/index.html"}), "clean_url", "/secret/"),
        (json!({"suffix": "secret.htm"}), "clean_url", "/secret"),
    ] {
        let policy = deny(json!([pattern]));
        let found = lint(&policy);
        assert_eq!(found.iter().map(|found| found.code).collect::<Vec<_>>(), [code], "{pattern}");
        assert_eq!(found[0].message.split('`').nth(3), Some(path), "{pattern}: {}", found[0].message);
        assert_eq!(found[0].path, "rules[0].match.paths[0]");
        assert!(allows(&policy, "GET", path), "{pattern}");
    }
}

#[test]
fn a_denial_that_nothing_walks_around_has_no_warning() {
    for paths in [
        json!([{"prefix": "/admin.php"}]),
        json!([{"contains": ".php"}]),
        json!([{"exact": "/admin"}]),
        json!([{"template": "/users/{id}"}]),
        json!([{"regex": r".*\.php(/.*)?"}]),
        json!([{"exact": "/admin.php"}, {"prefix": "/admin.php"}]),
        json!([{"exact": "/secret.html"}, {"exact": "/secret"}]),
        json!([{"suffix": ".bak"}]),
    ] {
        assert!(lint(&deny(paths.clone())).is_empty(), "{paths}");
    }
    let rules = json!([{"name": "r", "action": "deny", "match": {"paths": [{"suffix": ".php"}]}}]);
    assert!(lint(&json!({"default": "deny", "rules": rules})).is_empty());
}

#[test]
fn the_advice_removes_the_warning() {
    for pattern in
        [json!({"suffix": ".php"}), json!({"exact": "/a.php"}), json!({"regex": "/a/[a-z]+[.]php"})]
    {
        let help = lint(&deny(json!([pattern])))[0].help.clone();
        let advised = help.split('`').nth(1).unwrap();
        let advised = match advised.strip_prefix("{regex: '").and_then(|rest| rest.strip_suffix("'}")) {
            Some(regex) => json!({"regex": regex}),
            None => json!({"prefix": advised.strip_prefix("prefix: ").unwrap()}),
        };
        assert!(lint(&deny(json!([advised]))).is_empty(), "{advised}");
    }
}

#[test]
fn methods_and_connect_have_warnings() {
    let codes = |policy: Value, headers: Option<&Value>| -> Vec<&'static str> {
        lint::lint(Filter::PathPolicy, "", &policy, Others { headers, path: None })
            .iter()
            .map(|found| found.code)
            .collect()
    };
    let by = |matches: Value| json!({"default": "allow", "rules": [{"name": "r", "action": "deny", "match": matches}]});
    assert_eq!(codes(by(json!({"methods": ["DELETE"]})), None), ["method_override"]);
    let sanitized = json!({"presets": ["edgeSanitize"]});
    assert!(codes(by(json!({"methods": ["DELETE"]})), Some(&sanitized)).is_empty());
    let shadow = json!({"mode": "shadow", "presets": ["edgeSanitize"]});
    assert_eq!(codes(by(json!({"methods": ["DELETE"]})), Some(&shadow)), ["method_override"]);
    assert!(codes(by(json!({"methods": ["DELETE", "POST"]})), None).is_empty());
    assert!(codes(by(json!({"methods": ["TRACE"]})), None).is_empty());
    let two = |first: Value, second: Value| {
        let rule = |name: &str, matches: Value| json!({"name": name, "action": "deny", "match": matches});
        json!({"default": "allow", "rules": [rule("a", first), rule("b", second)]})
    };
    let delete = json!({"hosts": ["a.example"], "paths": [{"prefix": "/a/b"}], "methods": ["DELETE"]});
    for (post, is_denied) in [
        (json!({"hosts": ["a.example"], "paths": [{"prefix": "/a"}], "methods": ["POST"]}), true),
        (json!({"hosts": ["*.example"], "methods": ["POST"]}), true),
        (json!({"hosts": ["b.example"], "methods": ["POST"]}), false),
        (json!({"paths": [{"prefix": "/a/b/c"}], "methods": ["POST"]}), false),
        (json!({"not": {"methods": ["GET", "HEAD"]}}), true),
        (json!({"not": {"methods": ["GET", "POST"]}}), false),
        (json!({"not": {"methods": ["GET"], "paths": [{"prefix": "/a"}]}}), false),
    ] {
        assert_eq!(codes(two(delete.clone(), post.clone()), None).is_empty(), is_denied, "{post}");
    }
    let name = "x-http-method-override";
    for (rule, removes) in [
        (json!({"request": {"remove": [name]}}), true),
        (json!({"match": {}, "request": {"remove": ["x-http-*"]}}), true),
        (json!({"request": {"remove": ["x-other"]}}), false),
        (json!({"mode": "shadow", "request": {"remove": [name]}}), false),
        (json!({"match": {"paths": [{"prefix": "/b"}]}, "request": {"remove": [name]}}), false),
    ] {
        let headers = json!({"rules": [rule]});
        let found = codes(by(json!({"methods": ["DELETE"]})), Some(&headers));
        assert_eq!(found.is_empty(), removes, "{headers}");
    }
    let every_path = by(json!({"paths": [{"regex": "/(.*)?"}]}));
    assert!(allows(&every_path, "CONNECT", ""));
    assert_eq!(codes(every_path, None), ["connect"]);
    for matches in [json!({}), json!({"paths": [{"prefix": "/"}]})] {
        assert!(!allows(&by(matches.clone()), "CONNECT", "") && codes(by(matches), None).is_empty());
    }
}

#[test]
fn a_path_of_a_warning_is_allowed_and_the_file_is_denied() {
    let patterns = [
        json!({"suffix": ".php"}),
        json!({"exact": "/a.php"}),
        json!({"exact": "/b.html"}),
        json!({"prefix": "/a.php"}),
        json!({"regex": "/[ab][.]php"}),
        json!({"template": "/{x}/a.html"}),
        json!({"prefix": "/b"}),
        json!({"suffix": "x"}),
        json!({"suffix": ".HTML", "ignoreCase": true}),
        json!({"regex": ".*[.](php|html)"}),
        json!({"prefix": "/"}),
    ];
    let (mut number, mut reported) = (3_u64, 0);
    let mut below = |bound: usize| {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(number >> 33).unwrap() % bound
    };
    for _ in 0..2000 {
        let rules: Vec<Value> = (0..4)
            .map(|index| {
                let mut matches =
                    json!({"paths": [patterns[below(patterns.len())], patterns[below(patterns.len())]]});
                if below(5) == 0 {
                    matches["methods"] = json!(["GET", "POST"]);
                }
                let action = ["allow", "deny", "deny"][below(3)];
                let mode = ["enforce", "enforce", "enforce", "shadow"][below(4)];
                json!({"name": format!("r{index}"), "action": action, "mode": mode, "match": matches})
            })
            .collect();
        let default = ["allow", "deny"][below(2)];
        let policy = json!({"default": default, "rules": rules});
        for found in lint(&policy).iter().filter(|found| matches!(found.code, "path_info" | "clean_url")) {
            reported += 1;
            let parts: Vec<&str> = found.message.split('`').collect();
            assert!(allows(&policy, "GET", parts[3]), "{} {policy:#}", found.message);
            let is_shadow = policy["rules"][parts[1].trim_start_matches('r').parse::<usize>().unwrap()]["mode"]
                == "shadow";
            assert!(is_shadow || !allows(&policy, "GET", parts[5]), "{} {policy:#}", found.message);
        }
    }
    assert!(reported > 100, "{reported}");
}
