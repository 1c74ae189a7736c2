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
    let every_path = by(json!({"paths": [{"regex": "/(.*)?"}]}));
    assert!(allows(&every_path, "CONNECT", ""));
    assert_eq!(codes(every_path, None), ["connect"]);
    for matches in [json!({}), json!({"paths": [{"prefix": "/"}]})] {
        assert!(!allows(&by(matches.clone()), "CONNECT", "") && codes(by(matches), None).is_empty());
    }
}

/// Returns true if a policy that denies DELETE has the warning.
fn has_override(policy: &Value, headers: Option<&Value>) -> bool {
    let found = lint::lint(Filter::PathPolicy, "", policy, Others { headers, path: None });
    found.iter().any(|found| found.code == "method_override")
}

#[test]
fn an_override_is_removed_in_every_spelling_of_every_name() {
    let policy = json!({"default": "allow", "rules": [
        {"name": "r", "action": "deny", "match": {"methods": ["DELETE"]}}]});
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/header-policy.md");
    let page = std::fs::read_to_string(page).unwrap();
    let row = page.lines().find(|line| line.ends_with("| servers take the method from them |")).unwrap();
    let names: Vec<&str> = row.split('`').skip(1).step_by(2).collect();
    assert_eq!(names.len(), 5);
    let removes = |names: &[&str]| json!({"name": "e", "request": {"remove": names}});
    let equivalent = |rule: Value| json!({"names": "equivalent", "rules": [rule]});
    let with = |field: &str, value: Value, mut rule: Value| {
        rule[field] = value;
        equivalent(rule)
    };
    let forbids = |condition: Value| {
        let forbid: Vec<Value> = names
            .iter()
            .map(|name| {
                let mut forbid = condition.clone();
                forbid["name"] = json!(name);
                forbid
            })
            .collect();
        equivalent(json!({"name": "e", "forbid": forbid}))
    };
    for (headers, removes) in [
        (json!({"presets": ["edgeSanitize"]}), true),
        (json!({"presets": ["edgeSanitize"], "mode": "shadow"}), false),
        (json!({"rules": [removes(&names)]}), false),
        (equivalent(removes(&names)), true),
        (json!({"underscores": "remove", "rules": [removes(&names)]}), true),
        (json!({"underscores": "reject", "rules": [removes(&names)]}), true),
        (equivalent(removes(&["x-http-method*", "x-method*", "x-original-*"])), true),
        (equivalent(removes(&["x-http-method-override"])), false),
        (equivalent(removes(&names[1..])), false),
        (with("mode", json!("shadow"), removes(&names)), false),
        (with("match", json!({}), removes(&names)), true),
        (with("match", json!({"paths": [{"prefix": "/b"}]}), removes(&names)), false),
        (forbids(json!({"present": true})), true),
        (forbids(json!({"exact": "DELETE", "ignoreCase": true})), true),
        (forbids(json!({"exact": "DELETE"})), false),
    ] {
        assert_eq!(has_override(&policy, Some(&headers)), !removes, "{headers}");
    }
    let headers = json!({"rules": [removes(&["x-http-method-override"])]});
    let found = lint::lint(Filter::PathPolicy, "", &policy, Others { headers: Some(&headers), path: None });
    assert!(found[0].message.contains("`x_http_method_override: DELETE`"), "{}", found[0].message);
}

#[test]
fn a_post_that_passes_by_any_rule_has_a_warning() {
    let rule =
        |name: &str, action: &str, matches: Value| json!({"name": name, "action": action, "match": matches});
    let delete = || rule("delete", "deny", json!({"methods": ["DELETE"], "paths": [{"prefix": "/api"}]}));
    let post = || rule("post", "deny", json!({"methods": ["POST"]}));
    let allow = |matches: Value| rule("allow", "allow", matches);
    let with_mode = |mut rule: Value, mode: &str| {
        rule["mode"] = json!(mode);
        rule
    };
    let posts = || allow(json!({"methods": ["POST"]}));
    for (default, rules, is_denied) in [
        ("allow", vec![delete(), post()], true),
        ("allow", vec![delete(), with_mode(post(), "shadow")], false),
        ("allow", vec![with_mode(delete(), "shadow"), with_mode(post(), "shadow")], true),
        ("allow", vec![posts(), delete(), post()], false),
        ("allow", vec![delete(), posts(), post()], false),
        ("allow", vec![delete(), post(), posts()], true),
        ("allow", vec![with_mode(posts(), "shadow"), delete(), post()], true),
        ("allow", vec![allow(json!({"methods": ["GET"]})), delete(), post()], true),
        // Both methods are allowed there.
        ("allow", vec![allow(json!({"paths": [{"prefix": "/api/a"}]})), delete(), post()], true),
        ("allow", vec![delete(), allow(json!({"paths": [{"prefix": "/api/a"}]})), post()], false),
        ("allow", vec![delete(), allow(json!({"paths": [{"prefix": "/b"}]})), post()], true),
        ("allow", vec![allow(json!({"not": {"methods": ["DELETE"]}})), delete(), post()], false),
        ("deny", vec![delete(), allow(json!({"paths": [{"prefix": "/b"}]}))], true),
        ("deny", vec![delete(), allow(json!({"paths": [{"prefix": "/"}]}))], false),
        ("deny", vec![delete(), allow(json!({"methods": ["GET", "DELETE"]}))], true),
    ] {
        let policy = json!({"default": default, "rules": rules});
        assert_eq!(has_override(&policy, None), !is_denied, "{policy:#}");
        if rules.iter().all(|rule| rule["mode"].is_null()) {
            let passes = ["/api", "/api/a"]
                .into_iter()
                .any(|path| allows(&policy, "POST", path) && !allows(&policy, "DELETE", path));
            assert_eq!(passes, !is_denied, "{policy:#}");
        }
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
