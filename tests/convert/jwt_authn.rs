//! Configurations of the jwt_authn filter, with tokens of several kinds.

use crate::sample::{Sample, request};
use cases::Request;
use serde_json::{Value, json};
use testkit::issuer::Issuer;
use testkit::random::Random;

const RANDOM: u64 = 20;

/// Returns the samples.
pub fn samples() -> Vec<Sample> {
    let (one, two) = (Issuer::new("https://one.example/"), Issuer::new("https://two.example/"));
    let provider =
        |issuer: &str, keys: &Issuer| json!({"issuer": issuer, "local_jwks": {"inline_string": keys.jwks()}});
    let mut first = provider("https://one.example/", &one);
    first["audiences"] = json!(["api", "other"]);
    let providers = json!({"one": first, "two": provider("https://two.example/", &two)});
    let tokens = tokens(&one, &two);
    let named = configurations().into_iter().map(|(name, rules)| sample(name, &providers, &rules, &tokens));
    named.chain((0..RANDOM).map(|number| random(number, &providers, &tokens))).collect()
}

/// Returns named rules.
fn configurations() -> [(&'static str, Value); 8] {
    let rule = |matcher: Value, requires: Value| json!({"match": matcher, "requires": requires});
    let name = |name: &str| json!({"provider_name": name});
    [
        ("one", json!([rule(json!({"prefix": "/"}), name("one"))])),
        (
            "any",
            json!([rule(
                json!({"prefix": "/"}),
                json!({"requires_any": {"requirements": [name("one"), name("two")]}})
            )]),
        ),
        (
            "optional",
            json!([rule(
                json!({"prefix": "/"}),
                json!({"requires_any": {"requirements": [name("two"), {"allow_missing": {}}]}})
            )]),
        ),
        ("missing", json!([rule(json!({"prefix": "/"}), json!({"allow_missing": {}}))])),
        (
            "all",
            json!([rule(
                json!({"prefix": "/"}),
                json!({"requires_all": {"requirements": [name("one"), name("two")]}})
            )]),
        ),
        ("failed", json!([rule(json!({"prefix": "/"}), json!({"allow_missing_or_failed": {}}))])),
        (
            "paths",
            json!([
                {"match": {"path": "/healthz"}},
                rule(json!({"path_separated_prefix": "/admin"}), name("two")),
                rule(json!({"prefix": "/adm"}), name("one")),
                rule(json!({"safe_regex": {"regex": "/x/[0-9]+"}}), name("one")),
                rule(json!({"prefix": "/h", "headers": [{"name": "x-a", "string_match": {"exact": "b"}}]}), name("two")),
            ]),
        ),
        ("nothing", json!([])),
    ]
}

/// Returns valid and invalid tokens.
pub fn tokens(one: &Issuer, two: &Issuer) -> Vec<Option<String>> {
    let token = |issuer: &Issuer, claims: Value| Some(issuer.token(&claims));
    vec![
        None,
        token(one, json!({"aud": "api", "sub": "a"})),
        token(one, json!({"aud": ["x", "other"]})),
        token(one, json!({"aud": "x"})),
        token(one, json!({})),
        token(one, json!({"aud": "api", "exp": 1_000_000_000})),
        token(one, json!({"aud": "api", "exp": null})),
        token(one, json!({"aud": "api", "nbf": 4_000_000_000_u64})),
        token(one, json!({"aud": "api", "iss": "https://two.example/"})),
        token(two, json!({"sub": "b"})),
        token(two, json!({"iss": "https://three.example/"})),
        Some("a.b.c".to_owned()),
        Some(String::new()),
    ]
}

/// Returns a request for each token and path, with the token in a header and in the query.
pub fn requests(tokens: &[Option<String>]) -> Vec<Request> {
    let mut requests = Vec::new();
    for path in ["/", "/healthz", "/admin", "/admin/x", "/administrator", "/x/7", "/x/y", "/h"] {
        for token in tokens {
            let bearer = token.as_ref().map(|token| format!("Bearer {token}"));
            let headers: Vec<(&str, &str)> =
                bearer.iter().map(|value| ("authorization", value.as_str())).collect();
            requests.push(request("GET", "a.example", path, &headers));
            requests.push(request("GET", "a.example", path, &[&headers[..], &[("x-a", "b")]].concat()));
            let target = format!("{path}?access_token={}", token.as_deref().unwrap_or_default());
            requests.extend(token.as_ref().map(|_| request("GET", "a.example", &target, &[])));
        }
    }
    requests
}

/// Returns the filter with these providers and rules.
pub fn filter(providers: &Value, rules: &Value) -> Value {
    json!({
        "name": "envoy.filters.http.jwt_authn",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication",
            "providers": providers,
            "rules": rules,
        },
    })
}

fn sample(name: &str, providers: &Value, rules: &Value, tokens: &[Option<String>]) -> Sample {
    let (name, filter) = (format!("jwt-{name}"), filter(providers, rules));
    Sample { name, source: None, filter, requests: requests(tokens) }
}

/// Returns a sample with random rules.
fn random(number: u64, providers: &Value, tokens: &[Option<String>]) -> Sample {
    let mut random = Random::numbered(number);
    let matchers = [
        json!({"prefix": "/"}),
        json!({"prefix": "/adm"}),
        json!({"path": "/healthz"}),
        json!({"path_separated_prefix": "/admin"}),
        json!({"safe_regex": {"regex": "/x/[0-9]+"}}),
        json!({"prefix": "/", "headers": [{"name": "x-a", "string_match": {"exact": "b"}}]}),
        json!({"prefix": "/", "headers": [{"name": "x-a", "present_match": true, "invert_match": true}]}),
    ];
    let requirements = [
        json!({"provider_name": "one"}),
        json!({"provider_name": "two"}),
        json!({"requires_any": {"requirements": [{"provider_name": "two"}, {"provider_name": "one"}]}}),
        json!({"requires_any": {"requirements": [{"provider_name": "one"}, {"allow_missing": {}}]}}),
        json!({"requires_any": {"requirements": [{"provider_name": "one"}, {"allow_missing_or_failed": {}}]}}),
        json!({"allow_missing": {}}),
    ];
    let rules: Vec<Value> = (0..=random.below(4))
        .map(|_| match random.below(6) {
            0 => json!({"match": random.one(&matchers)}),
            _ => json!({"match": random.one(&matchers), "requires": random.one(&requirements)}),
        })
        .collect();
    sample(&format!("random-{number}"), providers, &rules.into(), tokens)
}
