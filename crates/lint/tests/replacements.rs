//! Warnings about rewrites and redirects: each case, and for random policies what the engine does.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use lint::Others;
use policy::Outcome;
use policy::decision::{Decision, Filter, RuleResult, Step};
use policy::http::Connection;
use policy::stages::{PathStage, Ringfence, Stage, load};
use serde_json::{Value, json};

fn decide<'a, S: Stage>(stage: &S, path: &'a str) -> Outcome<'a, S, Vec<Step>> {
    let lines = [(":method", "GET"), (":authority", "a.example"), (":path", path)];
    let lines = lines.into_iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    policy::decide(stage, lines, Connection::default(), 0)
}

fn codes(filter: Filter, policy: &Value, path: Option<&Value>) -> Vec<&'static str> {
    let found = lint::lint(filter, "", policy, Others { path, headers: None });
    found
        .iter()
        .map(|found| found.code)
        .filter(|code| ["rewritten_path", "redirect_loop"].contains(code))
        .collect()
}

fn rewrite(name: &str, paths: Value, rewrite: Value) -> Value {
    json!({"name": name, "action": "rewrite", "match": {"paths": paths}, "rewrite": rewrite})
}

#[test]
fn a_rule_on_a_path_that_is_rewritten_before_has_a_warning() {
    let to = |prefix: &str| rewrite("move", json!([{"prefix": "/api"}]), json!({"prefix": prefix}));
    let allow =
        |path: &str| json!({"name": "first", "action": "allow", "match": {"paths": [{"prefix": path}]}});
    let with = |rule: Value, field: &str, value: Value| {
        let mut rule = rule;
        rule[field] = value;
        rule
    };
    let regex = json!({"regex": "^/api", "substitution": "/v1"});
    for (rules, pattern, warns) in [
        (json!([to("/internal/v1")]), json!({"prefix": "/api"}), true),
        (json!([to("/internal/v1")]), json!({"prefix": "/api/users"}), true),
        (json!([to("/internal/v1")]), json!({"template": "/api/{id}"}), true),
        (json!([to("/internal/v1")]), json!({"regex": "/api/[0-9]+"}), true),
        (json!([to("/internal/v1")]), json!({"prefix": "/"}), false),
        (json!([to("/internal/v1")]), json!({"prefix": "/internal"}), false),
        (json!([to("/internal/v1")]), json!({"suffix": "/api"}), false),
        (json!([to("/api/v1")]), json!({"prefix": "/api"}), false),
        (json!([to("/API")]), json!({"prefix": "/api"}), false),
        (json!([to("/")]), json!({"prefix": "/api"}), false),
        (json!([rewrite("move", json!([{"prefix": "/api"}]), regex)]), json!({"prefix": "/api"}), false),
        (json!([with(to("/v1"), "mode", json!("shadow"))]), json!({"prefix": "/api"}), false),
        (json!([with(to("/v1"), "mode", json!("off"))]), json!({"prefix": "/api"}), false),
        (json!([allow("/b"), to("/v1")]), json!({"prefix": "/api"}), true),
        (json!([allow("/api/b"), to("/v1")]), json!({"prefix": "/api"}), false),
        (json!([to("/v1"), allow("/api/b")]), json!({"prefix": "/api"}), true),
        (
            json!([to("/v1"), rewrite("back", json!([{"prefix": "/b"}]), json!({"prefix": "/api"}))]),
            json!({"prefix": "/api"}),
            false,
        ),
    ] {
        let path = json!({"default": "allow", "rules": rules});
        let rule = json!({"name": "r", "match": {"paths": [pattern]}, "require": []});
        let policy = json!({"rules": [rule]});
        let expected = if warns { vec!["rewritten_path"] } else { vec![] };
        assert_eq!(codes(Filter::HeaderPolicy, &policy, Some(&path)), expected, "{pattern} {path}");
    }
}

#[test]
fn a_redirect_to_itself_has_a_warning() {
    let rule = |paths: Value, redirect: Value| json!({"name": "r", "action": "redirect", "match": {"paths": paths}, "redirect": redirect});
    let prefix = |text: &str| json!([{"prefix": text}]);
    for (rule, warns) in [
        (rule(prefix("/"), json!({"prefix": "/app"})), true),
        (rule(prefix("/a"), json!({"prefix": "/a/b"})), true),
        (rule(prefix("/a"), json!({"path": "/a/b"})), true),
        (rule(prefix("/a"), json!({"prefix": "/b"})), false),
        (rule(prefix("/a"), json!({"prefix": "/ab"})), false),
        (rule(prefix("/"), json!({"prefix": "/app", "host": "b.example"})), false),
        (rule(prefix("/"), json!({"scheme": "https"})), false),
        (rule(prefix("/a"), json!({"regex": "^/b/", "substitution": "/c/"})), true),
        (rule(prefix("/a"), json!({"regex": "^/b|/a", "substitution": "/c"})), false),
        (rule(prefix("/a"), json!({"regex": "x", "substitution": "y"})), false),
        (rule(json!([{"exact": "/a/b"}]), json!({"regex": "x$", "substitution": "y"})), true),
    ] {
        let policy = json!({"default": "allow", "rules": [rule]});
        let expected = if warns { vec!["redirect_loop"] } else { vec![] };
        assert_eq!(codes(Filter::PathPolicy, &policy, None), expected, "{policy}");
    }
    let allow = json!({"name": "a", "action": "allow", "match": {"paths": [{"prefix": "/app"}]}});
    let policy = json!({"default": "allow", "rules": [allow, rule(prefix("/"), json!({"prefix": "/app"}))]});
    assert!(codes(Filter::PathPolicy, &policy, None).is_empty());
}

/// Numbers that look random, and are the same each time (Knuth's multiplier, MMIX).
struct Numbers(u64);

impl Numbers {
    fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        &from[usize::try_from(self.0 >> 33).unwrap() % from.len()]
    }
}

const PATHS: [&str; 12] =
    ["/", "/a", "/a/", "/A", "/a/b", "/a/b/c", "/b", "/b/a", "/a/x.html", "/ab", "/c/d", "/c/a/b"];

#[test]
fn the_engine_does_what_a_warning_says() {
    let patterns = [
        json!({"prefix": "/"}),
        json!({"prefix": "/a"}),
        json!({"prefix": "/a/b"}),
        json!({"prefix": "/A", "ignoreCase": true}),
        json!({"prefix": "/b"}),
        json!({"exact": "/a/b"}),
        json!({"template": "/a/{x}"}),
        json!({"regex": "/a/.*"}),
        json!({"suffix": "b"}),
    ];
    let targets = [
        json!({"prefix": "/c"}),
        json!({"prefix": "/a/b"}),
        json!({"prefix": "/A"}),
        json!({"path": "/c/d"}),
        json!({"path": "/a"}),
        json!({"path": "/c/{x}/b"}),
        json!({"regex": "a", "substitution": "b"}),
        json!({"regex": "^/b", "substitution": "/a"}),
    ];
    let (mut numbers, mut loops, mut hidden) = (Numbers(5), 0, 0);
    for _ in 0..5000 {
        let rules: Vec<Value> = ["r0", "r1", "r2"]
            .into_iter()
            .map(|name| {
                let action = *numbers.pick(&["allow", "deny", "redirect", "rewrite", "rewrite", "redirect"]);
                let mode = *numbers.pick(&["enforce", "enforce", "enforce", "shadow", "off"]);
                let paths = json!([numbers.pick(&patterns)]);
                let mut rule =
                    json!({"name": name, "action": action, "mode": mode, "match": {"paths": paths}});
                if action.starts_with("re") {
                    rule[action] = numbers.pick(&targets).clone();
                }
                rule
            })
            .collect();
        let path = json!({"default": "allow", "rules": rules});
        let header = json!({"rules": [{"name": "later", "match": {"paths": [numbers.pick(&patterns)]}}]});
        let Ok(stage) = load::<Ringfence>(json!({"path": path, "header": header}).to_string().as_bytes())
        else {
            continue;
        };
        if !codes(Filter::HeaderPolicy, &header, Some(&path)).is_empty() {
            hidden += 1;
            for target in PATHS {
                let trace = decide(&stage, target).report.trace;
                let matched = |step: &Step| matches!(step, Step::Rule { rule, tried: RuleResult::Matched, .. } if rule == "later");
                assert!(!trace.iter().any(matched), "{target} {path:#} {header:#}");
            }
        }
        let stage: PathStage = load(path.to_string().as_bytes()).unwrap();
        for found in lint::lint(Filter::PathPolicy, "", &path, Others::default()) {
            let name = found.message.split('`').nth(1).unwrap();
            if found.code != "redirect_loop"
                || path["rules"][name.trim_start_matches('r').parse::<usize>().unwrap()]["mode"] == "shadow"
            {
                continue;
            }
            let location = |target: &str| {
                let answer = decide(&stage, target).answer?;
                let is_redirect =
                    answer.decision == Decision::Redirect && answer.rule.as_ref()?.as_str() == name;
                is_redirect.then(|| String::from_utf8(answer.reply.headers[0].1.clone()).unwrap())
            };
            let is_about_expression = found.message.contains("not in it");
            for target in PATHS {
                let Some(next) = location(target) else { continue };
                loops += 1;
                assert!(is_about_expression || location(&next).is_some(), "{target} {next} {path:#}");
            }
        }
    }
    assert!(hidden > 50 && loops > 100, "{hidden} {loops}");
}

#[test]
fn a_wildcard_in_a_new_path_has_a_warning() {
    let warnings = |kind: &str, new: Value| {
        let template = json!([{"template": "/users/{id}/**"}]);
        let rule = json!({"name": "r", "action": kind, "match": {"paths": template}, kind: new});
        let policy = json!({"default": "deny", "rules": [rule]});
        lint::lint(Filter::PathPolicy, "path", &policy, Others::default())
            .into_iter()
            .filter(|found| found.code == "literal_wildcard")
            .map(|found| found.path)
            .collect::<Vec<_>>()
    };
    assert_eq!(warnings("rewrite", json!({"path": "/u/{id}/**"})), ["path.rules[0].rewrite.path"]);
    assert_eq!(warnings("redirect", json!({"path": "/*/{id}"})), ["path.rules[0].redirect.path"]);
    assert_eq!(warnings("rewrite", json!({"path": "/u/{id}/a*"})), [""; 0]);
    let prefix = json!({"name": "r", "action": "rewrite", "match": {"paths": [{"prefix": "/a"}]}, "rewrite": {"prefix": "/**"}});
    let policy = json!({"default": "deny", "rules": [prefix]});
    let found = lint::lint(Filter::PathPolicy, "", &policy, Others::default());
    assert_eq!(found.iter().map(|found| found.code).collect::<Vec<_>>(), ["literal_wildcard"]);
}
