//! The cost of a request is bounded.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "tests")]

use policy::decision::{MAX_SHADOWED, NoTrace, Step, Trace};
use policy::http::Connection;
use policy::stages::{HeaderStage, Ringfence};
use policy::{Outcome, decide, load};
use serde_json::{Value, json};

/// Returns the reason of a denial.
fn reason<T: Trace + Default>(policy: &Value, lines: &[(&str, &str)]) -> Option<&'static str> {
    let stage: Ringfence = load(policy.to_string().as_bytes()).unwrap();
    let lines = lines.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    let pseudo: [(&[u8], &[u8]); 2] = [(b":method", b"GET"), (b":authority", b"a")];
    let outcome: Outcome<'_, Ringfence, T> =
        decide(&stage, pseudo.into_iter().chain(lines), Connection::default(), 0);
    outcome.answer.map(|answer| answer.reason.name())
}

/// Returns the reason, which is the same with a trace.
fn denial(policy: &Value, lines: &[(&str, &str)]) -> Option<&'static str> {
    let found = reason::<NoTrace>(policy, lines);
    assert_eq!(reason::<Vec<Step>>(policy, lines), found, "with a trace");
    found
}

/// Returns rules that deny paths by expressions that share no table.
fn expressions(count: usize) -> Value {
    let words = ["wp-admin", "cgi-bin", "actuator", "vendor", "console", "backup", "jenkins", "phpmyadmin"];
    let regex = |n: usize| format!("(?i).*/{}/?v{n}.*[.](bak|sql)", words.get(n % words.len()).unwrap());
    (0..count)
        .map(
            |n| json!({"name": format!("r{n}"), "match": {"paths": [{"regex": regex(n)}]}, "action": "deny"}),
        )
        .collect()
}

#[test]
fn a_long_path_of_one_reading_passes_many_expressions() {
    let path = "/users/42/files".repeat(540);
    for count in [20, 100] {
        let policy = json!({"path": {"default": "allow", "limits": {"maxSegments": 8192}, "rules": expressions(count)}});
        assert_eq!(denial(&policy, &[(":path", &path)]), None, "{count}");
    }
}

#[test]
fn many_long_readings_are_too_costly_for_many_expressions() {
    let path = format!("/a%3Ab//c/{}", "x".repeat(8000));
    let policy = |count| json!({"path": {"default": "allow", "rules": expressions(count)}});
    assert_eq!(denial(&policy(20), &[(":path", &path)]), None);
    assert_eq!(denial(&policy(400), &[(":path", &path)]), Some("too_costly"));
    assert_eq!(denial(&policy(400), &[(":path", "/a%3Ab//c/x")]), None);
}

#[test]
fn a_reading_counts_twice_if_its_ends_are_ignored() {
    let path = "x".repeat(8000);
    let policy = |slash: &str| json!({"path": {"default": "allow", "normalize": {"trailingSlash": slash}, "rules": expressions(400)}});
    for (end, slash, expected) in [
        ("", "denials", None),
        (".x", "denials", None),
        (".", "denials", Some("too_costly")),
        (".", "keep", None),
    ] {
        let path = format!("/{path}{end}");
        assert_eq!(denial(&policy(slash), &[(":path", &path)]), expected, "{end} {slash}");
    }
}

#[test]
fn the_filters_of_a_module_share_the_budget() {
    let path = "x".repeat(8000);
    let path = format!("/{path}");
    let rules = expressions(400);
    let header =
        rules.as_array().unwrap().iter().map(|rule| json!({"name": rule["name"], "match": rule["match"]}));
    let header = json!({"rules": header.collect::<Value>()});
    let one = json!({"path": {"default": "allow", "rules": rules}});
    let both = json!({"path": {"default": "allow", "rules": rules}, "header": header});
    assert_eq!(denial(&one, &[(":path", &path)]), None);
    assert_eq!(denial(&both, &[(":path", &path)]), Some("too_costly"));
}

#[test]
fn long_headers_and_queries_are_too_costly_for_many_expressions() {
    let matches = |name: &str, count: usize| -> Value {
        (0..count).map(|n| json!({"name": name, "regex": format!(".*bot{n}.*")})).collect()
    };
    let forbid =
        |count| json!({"header": {"rules": [{"name": "bots", "forbid": matches("user-agent", count)}]}});
    let long = "Mozilla ".repeat(1000);
    assert_eq!(denial(&forbid(20), &[(":path", "/"), ("user-agent", &long)]), None);
    assert_eq!(denial(&forbid(100), &[(":path", "/"), ("user-agent", &long)]), Some("too_costly"));
    assert_eq!(denial(&forbid(100), &[(":path", "/"), ("accept", &long), ("user-agent", "curl")]), None);
    let query = |count: usize| {
        let rule = |n: usize| json!({"name": format!("r{n}"), "match": {"query": [{"name": "q", "regex": format!(".*drop{n}.*")}]}, "action": "deny"});
        json!({"path": {"default": "allow", "rules": (0..count).map(rule).collect::<Value>()}})
    };
    let path = format!("/?q={}", "a".repeat(8000));
    assert_eq!(denial(&query(20), &[(":path", &path)]), None);
    assert_eq!(denial(&query(100), &[(":path", &path)]), Some("too_costly"));
}

#[test]
fn templates_that_match_in_many_ways_are_too_costly() {
    let template = |n: usize| {
        let segments = (0..12).map(|bit| if n >> bit & 1 == 1 { "/a" } else { "/*" });
        segments.collect::<String>()
    };
    let rule = |n: usize| json!({"name": format!("r{n}"), "match": {"methods": ["PUT"], "paths": [{"template": template(n)}]}, "action": "deny"});
    let policy = json!({"path": {"default": "allow", "rules": (0..4096).map(rule).collect::<Value>()}});
    assert_eq!(denial(&policy, &[(":path", "/a/a/a")]), None);
    assert_eq!(denial(&policy, &[(":path", "/a/a/a/a/a/a/a/a/a/a/a/a")]), None);
    let many = "/a/a/a/a/a/a/a/a/a/a/a/a;x%3Ay%5Cz";
    assert_eq!(denial(&policy, &[(":path", many)]), Some("too_costly"));
}

/// Returns `count` rules, each with this match.
fn rules(count: usize, matches: impl Fn(usize) -> Value) -> Value {
    let rule = |n| json!({"name": format!("r{n}"), "match": matches(n), "action": "deny"});
    json!({"path": {"default": "allow", "rules": (0..count).map(rule).collect::<Value>()}})
}

#[test]
fn templates_count_for_each_spelling_and_its_bytes() {
    let long = format!("/{}/b/c/d", "a".repeat(7_900));
    let folded = format!("/{}.;b./c.%2fd.%3ae%3ff./", "%E2%84%AA".repeat(200));
    for (ignore_case, path, count, expected) in [
        (false, "/a/b/c/d", 5_000, None),
        (false, long.as_str(), 5_000, Some("too_costly")),
        (false, long.as_str(), 400, None),
        (true, folded.as_str(), 100, Some("too_costly")),
        (true, folded.as_str(), 20, None),
    ] {
        let template =
            |n: usize| json!({"template": format!("/{{a}}/{{b}}/{{c}}/k{n}"), "ignoreCase": ignore_case});
        let any = json!({"template": "/{a}/{b}/**", "ignoreCase": ignore_case});
        let policy = rules(count, |n| json!({"methods": ["PUT"], "paths": [template(n), any]}));
        assert_eq!(denial(&policy, &[(":path", path)]), expected, "{count}");
    }
}

#[test]
fn letters_that_fold_in_a_query_count_as_they_are_decoded() {
    let value = |n: usize| json!({"query": [{"name": "q", "exact": format!("v{n}"), "ignoreCase": true}]});
    let policy = rules(100, value);
    let query = |end: &str| format!("q={}{end}", "a".repeat(7_900));
    for (path, expected) in [
        (format!("/?{}", query("%C3%A9")), None),
        (format!("/?{}", query("%e2%84%aa")), Some("too_costly")),
        (format!("/%3f{}", query("%25C5%25BF")), Some("too_costly")),
        (format!("/?{}", "a=%C5%BF&".repeat(20)), None),
    ] {
        assert_eq!(denial(&policy, &[(":path", &path)]), expected, "{}", path.get(..12).unwrap());
    }
}

#[test]
fn lists_with_quotes_and_spellings_of_a_name_count_again() {
    let forbid: Value = (0..60).map(|n| json!({"name": "x-list", "contains": format!("v{n}")})).collect();
    let policy = json!({"header": {"names": "equivalent", "rules": [{"name": "r", "forbid": forbid}]}});
    let (list, quotes) = ("abc,".repeat(400), "\"bc,".repeat(400));
    assert_eq!(denial(&policy, &[(":path", "/"), ("x-list", &list)]), None);
    assert_eq!(denial(&policy, &[(":path", "/"), ("x-list", &quotes)]), Some("too_costly"));
    assert_eq!(denial(&policy, &[(":path", "/"), ("x-list", &list), ("x_list", "a")]), Some("too_costly"));
}

#[test]
fn blanks_around_a_value_and_its_items_count_for_each_pattern() {
    let forbid: Value = (0..100).map(|n| json!({"name": "x-a", "exact": format!("v{n}")})).collect();
    let policy = json!({"header": {"rules": [{"name": "r", "forbid": forbid}]}});
    let blanks = "\u{a0}".repeat(3_000);
    for (value, expected) in [
        (blanks.clone(), Some("too_costly")),
        (format!("a,{blanks},b"), Some("too_costly")),
        ("\u{a0}a, b".to_owned(), None),
        ("d\u{e9}j\u{e0} vu, ".repeat(20), None),
    ] {
        assert_eq!(denial(&policy, &[(":path", "/"), ("x-a", &value)]), expected);
    }
}

#[test]
fn patterns_of_one_rule_count_for_each_reading() {
    let paths = |n: usize| (0..n).map(|n| json!({"template": format!("/x/{{a}}/{n}")})).collect::<Value>();
    let policy = rules(1, |_| json!({"paths": paths(5_000)}));
    assert_eq!(denial(&policy, &[(":path", "/x/y/z")]), None);
    assert_eq!(denial(&policy, &[(":path", "/x/y%3Aa%2Fb;c/z")]), Some("too_costly"));
}

#[test]
fn every_item_of_a_long_list_counts() {
    let policy = rules(
        8,
        |n| json!({"headers": [{"name": "x-role", "exact": format!("admin{n}"), "ignoreCase": true}]}),
    );
    let lists = |item: &str| item.repeat(2_700);
    for (item, expected) in [("ſ,", Some("too_costly")), ("a,", None)] {
        let line = lists(item);
        let lines = [(":path", "/"), ("x-role", &*line), ("X.Role", &*line), ("x_role", &*line)];
        assert_eq!(denial(&policy, &lines), expected, "{item}");
    }
}

#[test]
fn every_parameter_counts() {
    let policy = rules(1, |n| json!({"query": [{"name": "q", "exact": format!("v{n}")}]}));
    for (query, expected) in [("q&", Some("too_costly")), ("q=12345678&", None)] {
        let path = format!("/?{}", query.repeat(8_000 / query.len()));
        assert_eq!(denial(&policy, &[(":path", &path)]), expected, "{query}");
    }
    let names = "Q[;".repeat(2_700);
    let hidden = format!("/;{names}%41?{names}");
    assert_eq!(denial(&policy, &[(":path", &hidden)]), Some("too_costly"));
}

#[test]
fn header_lines_count_for_each_rule_that_matches_headers() {
    let policy = rules(10_000, |n| json!({"headers": [{"name": format!("x-{n:05}"), "exact": "a"}]}));
    let names: Vec<String> = (0..90).map(|n| format!("x-{n:04}z")).collect();
    let similar: Vec<(&str, &str)> =
        [(":path", "/")].into_iter().chain(names.iter().map(|name| (name.as_str(), "v"))).collect();
    let usual = ":path user-agent accept accept-language accept-encoding cache-control cookie referer sec-fetch-mode \
        sec-fetch-site x-request-id traceparent x-forwarded-for x-forwarded-proto x-client x-session";
    let usual: Vec<(&str, &str)> = usual.split(' ').map(|name| (name, "/")).collect();
    assert_eq!(denial(&policy, &usual), None);
    assert_eq!(denial(&policy, &similar), Some("too_costly"));
    // Names that differ at the end only cost more.
    let names: Vec<String> =
        (0..90).map(|n| format!("x-internal-service-authentication-context-{n:03}")).collect();
    let long: Vec<(&str, &str)> =
        [(":path", "/")].into_iter().chain(names.iter().map(|name| (name.as_str(), "v"))).collect();
    let forbid: Vec<Value> = (100..400)
        .map(|n| json!({"name": format!("x-internal-service-authentication-context-{n}"), "present": true}))
        .collect();
    let policy = json!({"header": {"rules": [{"name": "r", "forbid": forbid}]}});
    assert_eq!(denial(&policy, &long), Some("too_costly"));
    assert_eq!(denial(&policy, &usual), None);
    let forbid = |n| json!({"name": format!("x-{n:05}"), "exact": "a"});
    let remove = |n| format!("y-{n:05}-*");
    let forbid: Vec<Value> = (0..5_000).map(forbid).collect();
    let remove: Vec<String> = (0..3_000).map(remove).collect();
    let policy = json!({"header": {"names": "equivalent", "rules": [{"name": "r", "forbid": forbid, "request": {"remove": remove}}]}});
    assert_eq!(denial(&policy, &usual), None);
    assert_eq!(denial(&policy, &similar), Some("too_costly"));
}

#[test]
fn names_of_parameters_count_for_each_rule_that_matches_the_query() {
    let policy =
        rules(10_000, |n| json!({"query": [{"name": format!("{}{n:05}", "x".repeat(40)), "exact": "a"}]}));
    assert_eq!(denial(&policy, &[(":path", "/?a=b")]), None);
    let query = format!("{}0=1&", "x".repeat(40)).repeat(180);
    assert_eq!(denial(&policy, &[(":path", &format!("/?{query}"))]), Some("too_costly"));
}

#[test]
fn every_edit_counts_for_the_lines_that_it_finds() {
    let names: Vec<String> = (0..98).map(|n| format!("x-{n:02}")).collect();
    let lines: Vec<(&str, &str)> =
        std::iter::once((":path", "/")).chain(names.iter().map(|name| (name.as_str(), "v"))).collect();
    let rule = |request: Value| json!({"header": {"rules": [{"name": "r", "request": request}]}});
    let list = |count, edit: &dyn Fn(usize) -> Value| (0..count).map(edit).collect::<Value>();
    let value = |n: usize| json!({"name": format!("x-policy-{n}"), "value": "v"});
    let received = |n: usize| json!({"name": format!("x-{:02}", n % 80), "value": "v"});
    let rename = |n: usize| json!({"from": format!("x-{n:02}"), "to": format!("x-policy-{n}")});
    let chain = |n: usize| json!({"from": format!("x-{n:05}"), "to": format!("x-{:05}", n + 1)});
    let remove = |n: usize| json!(format!("y-{n:05}-*"));
    let ordinary = json!({"set": list(40, &value), "add": list(20, &value), "rename": list(20, &rename), "remove": list(40, &remove)});
    assert_eq!(denial(&rule(ordinary), &lines), None);
    for (edits, is_denied) in [
        (json!({"set": list(200, &value)}), false),
        (json!({"set": list(1_000, &value)}), true),
        (json!({"set": list(10_000, &value)}), true),
        (json!({"set": list(3_000, &received)}), true),
        (json!({"add": list(1_000, &value)}), false),
        (json!({"add": list(10_000, &value)}), true),
        (json!({"remove": list(500, &remove)}), false),
        (json!({"remove": list(5_000, &remove)}), true),
    ] {
        let expected = is_denied.then_some("too_costly");
        let edits = rule(edits);
        assert_eq!(denial(&edits, &lines), expected, "{}", edits.to_string().get(..120).unwrap());
    }
    let many: Vec<(&str, &str)> =
        std::iter::once((":path", "/")).chain(std::iter::repeat_n(("x-00000", "v"), 90)).collect();
    for (count, expected) in [(5, None), (500, Some("too_costly"))] {
        assert_eq!(denial(&rule(json!({"rename": list(count, &chain)})), &many), expected, "{count}");
    }
}

#[test]
fn edits_that_are_not_applied_cost_nothing() {
    let set = |n: usize| json!({"name": format!("r{n}"), "mode": "shadow", "request": {"set": [{"name": "x-a", "value": "v"}]}});
    let policy = json!({"header": {"rules": (0..10_000).map(set).collect::<Value>()}});
    let lines: Vec<(&str, &str)> =
        std::iter::once((":path", "/")).chain(std::iter::repeat_n(("x-b", "v"), 90)).collect();
    assert_eq!(denial(&policy, &lines), None);
}

#[test]
fn an_answer_to_a_denied_request_has_the_edits_of_rules_that_match_every_request() {
    let policy = json!({"path": {"default": "allow"}, "header": {"rules": [
        {"name": "all", "response": {"set": [{"name": "x-all", "value": "1"}]}},
        {"name": "header", "match": {"headers": [{"name": "x-a", "present": true}]}, "response": {"set": [{"name": "x-header", "value": "1"}]}},
        {"name": "some", "match": {"paths": [{"prefix": "/a"}]}, "response": {"set": [{"name": "x-some", "value": "1"}]}}]}});
    let stage: Ringfence = load(policy.to_string().as_bytes()).unwrap();
    for path in ["/a", "/a%00"] {
        let pairs = [(":method", "GET"), (":authority", "a"), (":path", path), ("x-a", "1")];
        let lines = pairs.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
        let outcome: Outcome<'_, Ringfence, NoTrace> = decide(&stage, lines, Connection::default(), 0);
        let edits = if path == "/a" { 3 } else { 2 };
        assert_eq!(
            format!("{:?}", outcome.response_state).matches(char::is_numeric).count(),
            edits,
            "{path}"
        );
    }
}

#[test]
fn a_search_costs_what_it_follows() {
    let cost = |regex: &str, value: &str| {
        let rewrite = json!([{"name": "x-a", "regex": regex, "substitution": "\\0\\0"}]);
        let policy = json!({"header": {"rules": [{"name": "r", "request": {"rewrite": rewrite}}]}});
        denial(&policy, &[(":path", "/"), ("x-a", value.repeat(8_000 / value.len()).as_str())])
    };
    let words: Vec<String> = (0..128).map(|n| format!("(?:w{n:03}[0-9])")).collect();
    let words = words.join("|");
    for (regex, costly) in [
        ("x.{0,500}y", "x"),
        ("", "a"),
        (r"\b", "a "),
        ("x", "x"),
        ("[^b]*c|x", "x"),
        (&words, "w0"),
        (&format!(r"\b(?:{words})"), "w0 "),
    ] {
        assert_eq!(cost(regex, costly), Some("too_costly"), "{regex}");
    }
    for (regex, cheap) in [
        ("x.{0,500}y", "a"),
        (r"\bfoo\b", "x "),
        ("^x", "x"),
        ("(?:^|;)a", "x;"),
        ("^(.{100}).*$", "x"),
        (&words, "x"),
        (r"(?i)(?:^|;\s*)(?:_ga|_gid|_hj[a-z]+)=[^;]*", "; theme=dark; _gat=1"),
    ] {
        assert_eq!(cost(regex, cheap), None, "{regex}");
    }
}

#[test]
fn a_rule_that_matched_before_a_denial_edits_its_answer_once() {
    let edits = |name: &str| json!({"name": name, "response": {"add": [{"name": "x-a", "value": "1"}]}});
    let denies = json!({"name": "denies", "forbid": [{"name": "x-a", "present": true}]});
    let other = json!({"name": "other", "match": {"paths": [{"prefix": "/b"}]}, "response": {"add": [{"name": "x-b", "value": "1"}]}});
    let policy = json!({"rules": [edits("a"), other, edits("b"), denies, edits("c")]});
    let stage: HeaderStage = load(policy.to_string().as_bytes()).unwrap();
    let pairs = [(":method", "GET"), (":authority", "a"), (":path", "/a"), ("x-a", "1")];
    let lines = pairs.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    let outcome: Outcome<'_, HeaderStage, NoTrace> = decide(&stage, lines, Connection::default(), 0);
    assert_eq!(outcome.answer.map(|answer| answer.reason.name()), Some("header_forbidden"));
    assert_eq!(outcome.response_state, [0, 2, 4]);
}

#[test]
fn rules_in_shadow_are_recorded_up_to_a_number() {
    let rule = |n: usize| json!({"name": format!("r{n}"), "mode": "shadow", "match": {"paths": [{"prefix": "/"}]}, "action": "deny"});
    for (count, recorded) in [(10, 10), (1_000, MAX_SHADOWED)] {
        let policy = json!({"path": {"default": "allow", "rules": (0..count).map(rule).collect::<Value>()}});
        let stage: Ringfence = load(policy.to_string().as_bytes()).unwrap();
        let lines: [(&[u8], &[u8]); 3] =
            [(b":method", b"GET"), (b":authority", b"a"), (b":path", b"/a;b/c%2fd")];
        let outcome: Outcome<'_, Ringfence, NoTrace> =
            decide(&stage, lines.into_iter(), Connection::default(), 0);
        assert!(outcome.answer.is_none());
        assert_eq!(outcome.report.shadowed.len(), recorded);
        assert_eq!(outcome.report.matched_in_shadow.len(), recorded);
    }
}

#[test]
fn a_token_is_verified_once_for_all_rules() {
    let keys =
        json!({"keys": [{"kty": "oct", "kid": "hmac", "k": "8p_pwc1JEzlszABOKYR5cBZYY47hP6eiInGLOxAG1BU"}]});
    let provider =
        json!({"issuer": "https://browser.example/", "algorithms": ["HS256"], "jwks": {"inline": keys}});
    let shadow = |n: usize| json!({"name": format!("r{n}"), "mode": "shadow", "require": {"provider": "p"}});
    let rules: Vec<Value> =
        (0..20).map(shadow).chain([json!({"name": "all", "require": {"provider": "p"}})]).collect();
    let policy = json!({"token": {"providers": {"p": provider}, "rules": rules}});
    let stage: Ringfence = load(policy.to_string().as_bytes()).unwrap();
    let claims = "eyJpc3MiOiJodHRwczovL2Jyb3dzZXIuZXhhbXBsZS8iLCJzdWIiOiJhbGljZSIsImV4cCI6NDEwMjQ0NDgwMH0";
    let forged = format!("Bearer eyJhbGciOiJIUzI1NiJ9.{claims}.{}", "A".repeat(43));
    let lines: [(&[u8], &[u8]); 4] = [
        (b":method", b"GET"),
        (b":authority", b"a"),
        (b":path", b"/"),
        (b"authorization", forged.as_bytes()),
    ];
    let outcome: Outcome<'_, Ringfence, NoTrace> =
        decide(&stage, lines.into_iter(), Connection::default(), 1_800_000_000);
    assert_eq!(outcome.answer.map(|answer| answer.reason.name()), Some("token_signature"));
    assert_eq!((outcome.report.tokens.signature_checks, outcome.report.shadowed.len()), (1, 20));
}

#[test]
fn long_patterns_count_for_each_spelling() {
    let prefix = |n: usize| json!({"prefix": format!("/api/internal/services/customer-accounts/v1/resources/item-{n}"), "ignoreCase": true});
    let paths: Vec<Value> = (0..600).map(prefix).collect();
    let policy = rules(
        1,
        |_| json!({"methods": ["GET", "PUT"], "paths": paths, "not": {"headers": [{"name": "x-ok", "present": true}]}}),
    );
    let item = "/api/internal/services/customer-accounts/v1/resources/item-599";
    assert_eq!(denial(&policy, &[(":path", item), ("x-ok", "1")]), None);
    let many = format!("{item}/b.;x/c.%2fd%3ae%3ff/d%E2%84%AA");
    assert_eq!(denial(&policy, &[(":path", &many), ("x-ok", "1")]), Some("too_costly"));
}
