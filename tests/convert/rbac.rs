//! Random configurations of the rbac filter.

use crate::sample::{Sample, request};
use cases::Request;
use serde_json::{Map, Value, json};
use testkit::random::Random;

const SAMPLES: u64 = 150;
const REQUESTS: usize = 25;

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    (0..SAMPLES).map(sample).collect()
}

fn sample(number: u64) -> Sample {
    let mut random = Random::numbered(number);
    let count = random.below(4);
    let policies: Map<String, Value> =
        (0..count).map(|place| (format!("policy {place}"), policy(&mut random))).collect();
    let rules = json!({"action": random.one(&["ALLOW", "DENY"]), "policies": policies});
    let filter = json!({
        "name": "envoy.filters.http.rbac",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC",
            "rules": rules,
        },
    });
    let requests = (0..REQUESTS).map(|_| a_request(&mut random)).collect();
    Sample { name: format!("rbac-{number}"), source: None, filter, requests }
}

fn policy(random: &mut Random) -> Value {
    let permissions: Vec<Value> = (0..=random.below(2)).map(|_| permission(random, 2)).collect();
    let principals: Vec<Value> = (0..=random.below(2)).map(|_| principal(random, 2)).collect();
    json!({"permissions": permissions, "principals": principals})
}

fn permission(random: &mut Random, depth: usize) -> Value {
    match random.below(if depth == 0 { 5 } else { 9 }) {
        0 => json!({"any": true}),
        1 => json!({"header": header(random)}),
        2 | 3 => json!({"url_path": {"path": path(random)}}),
        4 if random.below(4) == 0 => json!({"destination_port": 1}),
        4 => json!({"uri_template": {
            "name": "envoy.path.match.uri_template.uri_template_matcher",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig",
                "path_template": random.one(&["/api/*", "/api/**", "/*/v1", "/api/*/users", "/*/*/**"]),
            },
        }}),
        5 => json!({"and_rules": {"rules": [permission(random, depth - 1), permission(random, depth - 1)]}}),
        6 => json!({"or_rules": {"rules": [permission(random, depth - 1), permission(random, depth - 1)]}}),
        _ => json!({"not_rule": permission(random, depth - 1)}),
    }
}

fn principal(random: &mut Random, depth: usize) -> Value {
    match random.below(if depth == 0 { 4 } else { 8 }) {
        0 | 1 => json!({"any": true}),
        2 => json!({"header": header(random)}),
        3 if random.below(4) == 0 => json!({"authenticated": {"principal_name": {"exact": "spiffe://a/b"}}}),
        3 => json!({"url_path": {"path": path(random)}}),
        4 => json!({"and_ids": {"ids": [principal(random, depth - 1), principal(random, depth - 1)]}}),
        5 => json!({"or_ids": {"ids": [principal(random, depth - 1), principal(random, depth - 1)]}}),
        _ => json!({"not_id": principal(random, depth - 1)}),
    }
}

fn with_case(random: &mut Random, mut matcher: Value) -> Value {
    if random.below(4) == 0 && matcher.get("safe_regex").is_none() {
        matcher["ignore_case"] = true.into();
    }
    matcher
}

fn path(random: &mut Random) -> Value {
    let matcher = random.one(&[
        json!({"exact": "/api"}),
        json!({"exact": "/api/v1"}),
        json!({"prefix": "/api"}),
        json!({"prefix": "/api/"}),
        json!({"prefix": "/"}),
        json!({"suffix": ".css"}),
        json!({"suffix": "/"}),
        json!({"contains": "v1"}),
        json!({"contains": "/x"}),
        json!({"safe_regex": {"regex": "/a.*|/x"}}),
        json!({"safe_regex": {"regex": "/api/[a-z0-9]+"}}),
    ]);
    with_case(random, matcher)
}

fn header(random: &mut Random) -> Value {
    let name = random.one(&["x-a", "x-b", "X-A", ":method", ":authority"]);
    let text = match name {
        ":method" => json!({"exact": random.one(&["GET", "POST"])}),
        ":authority" => random.one(&[
            json!({"exact": "a.example"}),
            json!({"exact": "a.example", "ignore_case": true}),
            json!({"suffix": ".a.example"}),
            json!({"exact": "a.example:8080"}),
        ]),
        _ => {
            let matcher = random.one(&[
                json!({"exact": "admin"}),
                json!({"exact": ""}),
                json!({"prefix": "ad"}),
                json!({"suffix": "r"}),
                json!({"contains": "se"}),
                json!({"safe_regex": {"regex": "admin|us.r"}}),
            ]);
            with_case(random, matcher)
        }
    };
    let mut header = json!({"name": name, "string_match": text});
    match random.below(8) {
        0 if !name.starts_with(':') => header = json!({"name": name, "present_match": random.below(2) == 0}),
        1 if !name.starts_with(':') => header["treat_missing_header_as_empty"] = true.into(),
        _ => {}
    }
    if random.below(3) == 0 {
        header["invert_match"] = true.into();
    }
    header
}

fn a_request(random: &mut Random) -> Request {
    let values = ["admin", "user", "Admin", "administrator", "", "none"];
    let mut headers = Vec::new();
    for name in ["x-a", "x-b"] {
        let lines = random.one(&[0, 0, 1, 1, 1, 1, 2]);
        headers.extend((0..lines).map(|_| (name, random.one(&values))));
    }
    // Envoy joins repeated headers with a comma, the policy does not: see docs/convert.md.
    headers.dedup();
    let method = random.one(&["GET", "POST", "PUT"]);
    let host = random.one(&["a.example", "b.example", "x.a.example", "a.example:8080"]);
    let path = random.one(&[
        "/",
        "/api",
        "/api/",
        "/api/v1",
        "/api/v1/",
        "/api/v1/users",
        "/api/v1?x=/x",
        "/API",
        "/apiary",
        "/x",
        "/x.css",
        "/x/v1",
    ]);
    request(method, host, path, &headers)
}
