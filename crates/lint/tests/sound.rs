//! A rule that is reported as unreachable never matches: many policies, many requests, and the trace of the engine.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use lint::Others;
use policy::Outcome;
use policy::decision::{Filter, RuleResult, Step};
use policy::http::Connection;
use policy::stages::{PathStage, load};
use serde_json::{Value, json};

/// Numbers that look random, and are the same each time (Knuth's multiplier, MMIX).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        let index = self.below(from.len());
        &from[index]
    }
}

fn path(numbers: &mut Numbers) -> Value {
    let kinds: [(&str, &[&str]); 6] = [
        ("exact", &["/", "/a", "/a/b", "/A/b", "/a/x.html"]),
        ("prefix", &["/", "/a", "/a/b", "/A", "/b/"]),
        ("suffix", &[".html", "/b", "l"]),
        ("contains", &["/b", "a", "x"]),
        ("template", &["/{x}", "/a/{y}", "/a/**", "/{x}/b", "/**", "/{x}/**"]),
        (
            "regex",
            &[
                "/a/.*",
                "/a/[a-z]",
                "/a",
                "/(a|b)/b",
                "/a/b.*",
                "/[ab](/.*)?",
                ".*b",
                "/a/",
                "/[^/]*/.*",
                ".*",
                r"\*|/a/?",
            ],
        ),
    ];
    let (kind, texts) = numbers.pick(&kinds);
    let text = numbers.pick(texts);
    if numbers.below(4) == 0 { json!({*kind: text, "ignoreCase": true}) } else { json!({*kind: text}) }
}

fn fields(numbers: &mut Numbers) -> Value {
    let mut fields = json!({});
    if numbers.below(3) > 0 {
        fields["paths"] = (0..=numbers.below(2)).map(|_| path(numbers)).collect();
    }
    if numbers.below(3) == 0 {
        let words = [json!(["GET"]), json!(["GET", "HEAD"]), json!(["POST", "GET"])];
        fields["methods"] = numbers.pick(&words).clone();
    }
    if numbers.below(3) == 0 {
        let hosts =
            [json!(["a.example"]), json!(["*.example"]), json!(["*"]), json!(["*.a.example", "10.0.0.1"])];
        fields["hosts"] = numbers.pick(&hosts).clone();
    }
    if numbers.below(4) == 0 {
        let conditions = [
            json!([{"name": "X-A", "present": true}]),
            json!([{"name": "x-a", "exact": "1"}]),
            json!([{"name": "x-a", "present": false}]),
            json!([{"name": "x-b", "prefix": "1", "values": "all"}, {"name": "x-a", "exact": "1"}]),
        ];
        fields["headers"] = numbers.pick(&conditions).clone();
    }
    if numbers.below(6) == 0 {
        let conditions = [json!([{"name": "q", "present": true}]), json!([{"name": "q", "exact": "1"}])];
        fields["query"] = numbers.pick(&conditions).clone();
    }
    fields
}

fn rule(numbers: &mut Numbers, index: usize) -> Value {
    let mut matches = fields(numbers);
    if numbers.below(4) == 0 {
        matches["not"] = fields(numbers);
    }
    let mut rule =
        json!({"name": format!("r{index}"), "action": numbers.pick(&["allow", "deny"]), "match": matches});
    if numbers.below(5) == 0 {
        rule["mode"] = json!(numbers.pick(&["enforce", "shadow", "off"]));
    }
    rule
}

/// The names of the rules that a request matched, in any reading, in shadow or not.
fn matched(stage: &PathStage, lines: &[(&str, &str)]) -> Vec<String> {
    let lines = lines.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    let connection = Connection::default();
    let outcome: Outcome<'_, PathStage, Vec<Step>> = policy::decide(stage, lines, connection, 0);
    let steps = outcome.report.trace.into_iter();
    steps
        .filter_map(|step| match step {
            Step::Rule { rule, tried: RuleResult::Matched | RuleResult::Shadowed, .. } => Some(rule),
            _ => None,
        })
        .collect()
}

fn requests() -> Vec<Vec<(&'static str, &'static str)>> {
    let paths = [
        "/",
        "/a",
        "/A",
        "/a/",
        "/a.",
        "/a/b%20",
        "/a/b",
        "/a/B",
        "/b/b",
        "/a/x.html?q=1",
        "/x/b?q",
        "/a/..%2fb/b",
        "/a;v/b",
        "/c",
        "/c/",
        "/b/",
        "/a/b/?a;q=1",
        "",
    ];
    let hosts = ["a.example", "b.a.example", "example", "10.0.0.1"];
    let headers: [&[(&str, &str)]; 4] =
        [&[], &[("x-a", "1")], &[("x-a", "2"), ("x-b", "1")], &[("x-a", "1"), ("x-b", "12")]];
    let mut all = Vec::new();
    for path in paths {
        for host in hosts {
            for method in ["GET", "get", "HEAD", "POST"] {
                for further in headers {
                    let mut lines = vec![(":method", method), (":path", path), (":authority", host)];
                    if path.is_empty() {
                        lines = vec![(":method", "CONNECT"), (":authority", host)];
                    }
                    lines.extend(further);
                    all.push(lines);
                }
            }
        }
    }
    all
}

#[test]
fn an_unreachable_rule_never_matches() {
    let (mut numbers, requests) = (Numbers(7), requests());
    let mut reported = 0;
    for _ in 0..500 {
        let rules: Vec<Value> = (0..6).map(|index| rule(&mut numbers, index)).collect();
        let mode = numbers.pick(&["enforce", "enforce", "shadow"]);
        let policy = json!({"default": "allow", "mode": mode, "rules": rules});
        let stage: PathStage = load(policy.to_string().as_bytes()).unwrap();
        let found = lint::lint(Filter::PathPolicy, "", &policy, Others::default());
        let unreachable: Vec<String> = found
            .iter()
            .filter(|problem| problem.code == "unreachable_rule")
            .map(|problem| problem.message.split('`').nth(1).unwrap().to_owned())
            .collect();
        if unreachable.is_empty() {
            continue;
        }
        reported += unreachable.len();
        for request in &requests {
            let matched = matched(&stage, request);
            let wrong = unreachable.iter().find(|rule| matched.contains(rule));
            assert!(wrong.is_none(), "{wrong:?} matches {request:?} of {policy:#}");
        }
    }
    assert!(reported > 100, "{reported}");
}
