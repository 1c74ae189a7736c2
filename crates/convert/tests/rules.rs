//! Conversion of single conditions: the rules, and the comments about what is not carried over.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use convert::{Converted, convert};
use serde_json::{Value, json};

/// Converts an rbac filter with one policy.
fn rbac(action: &str, permission: Value) -> Converted {
    let policy = json!({"permissions": [permission], "principals": [{"any": true}]});
    convert(&[json!({"rules": {"action": action, "policies": {"P": policy}}})]).unwrap()
}

/// Returns the matches of the rules of a permission, and the comments.
fn matches(action: &str, permission: Value) -> (Vec<Value>, Vec<String>) {
    let Converted { policy, losses, .. } = rbac(action, permission);
    let rules = policy.get("rules").or(policy.pointer("/path/rules")).unwrap().as_array().unwrap().clone();
    (rules.into_iter().map(|mut rule| rule["match"].take()).collect(), losses)
}

fn url_path(matcher: Value) -> Value {
    json!({"url_path": {"path": matcher}})
}

#[test]
fn exact_conditions_become_matches() {
    let header = |matcher: Value| json!({"header": matcher});
    let admin = json!({"name": "x-a", "string_match": {"exact": "admin"}});
    for (permission, expected) in [
        (url_path(json!({"exact": "/a"})), json!([{"paths": [{"exact": "/a"}]}])),
        (url_path(json!({"prefix": "/a.b"})), json!([{"paths": [{"regex": r"/a\.b.*"}]}])),
        (
            url_path(json!({"suffix": ".php", "ignore_case": true})),
            json!([{"paths": [{"suffix": ".php", "ignoreCase": true}]}]),
        ),
        (
            json!({"not_rule": url_path(json!({"exact": "/a"}))}),
            json!([{"not": {"paths": [{"exact": "/a"}]}}]),
        ),
        (
            json!({"or_rules": {"rules": [url_path(json!({"exact": "/a"})), url_path(json!({"exact": "/b"}))]}}),
            json!([{"paths": [{"exact": "/a"}, {"exact": "/b"}]}]),
        ),
        (header(admin.clone()), json!([{"headers": [{"name": "x-a", "exact": "admin", "values": "all"}]}])),
        (
            json!({"and_rules": {"rules": [header(admin), url_path(json!({"exact": "/a"}))]}}),
            json!([{"headers": [{"name": "x-a", "exact": "admin", "values": "all"}], "paths": [{"exact": "/a"}]}]),
        ),
        (
            header(json!({"name": "x-a", "present_match": false})),
            json!([{"not": {"headers": [{"name": "x-a", "present": true}]}}]),
        ),
    ] {
        assert_eq!(
            matches("ALLOW", permission.clone()),
            (expected.as_array().unwrap().clone(), Vec::new()),
            "{permission}"
        );
    }
}

#[test]
fn other_conditions_are_approximated_from_the_safe_side() {
    let port = json!({"destination_port": 80});
    let both = json!({"and_rules": {"rules": [url_path(json!({"exact": "/a"})), port]}});
    let lost = "the permission by `destination_port`";
    let (rules, comments) = matches("ALLOW", both.clone());
    assert_eq!(
        (rules, comments),
        (vec![], vec![format!("P: not carried over: {lost}; requests that need it are not allowed")])
    );
    let (rules, comments) = matches("DENY", both.clone());
    let comment = format!("not carried over: {lost}; requests are denied without regard to it");
    assert_eq!((rules, comments), (vec![json!({"paths": [{"exact": "/a"}]})], vec![comment.clone()]));
    // The negation of an unsupported condition is unsupported too.
    let (rules, comments) = matches("DENY", json!({"not_rule": both}));
    assert_eq!(
        (rules, comments),
        (vec![json!({"not": {"paths": [{"exact": "/a"}]}}), Value::Null], vec![comment])
    );
}

#[test]
fn patterns_that_match_no_canonical_path_are_not_carried_over() {
    for matcher in [
        json!({"exact": "/a%2Fb"}),
        json!({"exact": "/a/../b"}),
        json!({"prefix": "a"}),
        json!({"exact": "/a//b"}),
        json!({"safe_regex": {"regex": r"/\p{L}"}}),
        json!({"safe_regex": {"regex": "(?i)/a"}}),
        json!({"exact": "/a", "custom": {}}),
    ] {
        let (rules, comments) = matches("ALLOW", url_path(matcher.clone()));
        assert_eq!((rules.len(), comments.len()), (0, 1), "{matcher}");
    }
}

#[test]
fn patterns_across_the_commas_of_joined_headers_are_not_carried_over() {
    let header = |name: &str, matcher: Value| json!({"header": {"name": name, "string_match": matcher}});
    for (name, matcher, carried) in [
        ("x-forwarded-proto", json!({"exact": "http"}), true),
        ("x-forwarded-proto", json!({"exact": "http,https"}), false),
        ("x-forwarded-proto", json!({"safe_regex": {"regex": "h.*s"}}), false),
        ("x-role", json!({"safe_regex": {"regex": "h.*s"}}), true),
    ] {
        let (rules, comments) = matches("ALLOW", header(name, matcher.clone()));
        assert_eq!((rules.len() == 1, comments.is_empty()), (carried, carried), "{name} {matcher}");
    }
}

#[test]
fn hosts_without_a_port_are_denied_with_one() {
    let host = json!({"header": {"name": ":authority", "string_match": {"exact": "a.example"}}});
    let guard = json!({"name": "without-port", "domains": ["a.example"], "ports": [0]});
    assert_eq!(rbac("ALLOW", host.clone()).policy["vhost"]["hosts"][0], guard);
    assert_eq!(rbac("DENY", host.clone()).policy.get("vhost"), None);
    assert_eq!(rbac("DENY", json!({"not_rule": host})).policy["vhost"]["hosts"][0], guard);
}

#[test]
fn too_many_combinations_become_one_safe_rule() {
    let either = |n: usize| {
        let header = |name: String| json!({"header": {"name": name, "present_match": true}});
        json!({"or_rules": {"rules": [header(format!("x-{n}-a")), header(format!("x-{n}-b"))]}})
    };
    let all = json!({"and_rules": {"rules": (0..10).map(either).collect::<Vec<_>>()}});
    let (rules, comments) = matches("ALLOW", all.clone());
    assert_eq!((rules, comments.len()), (vec![], 1));
    let (rules, comments) = matches("DENY", all);
    assert_eq!((rules, comments.len()), (vec![Value::Null], 1));
}

#[test]
fn keys_that_cannot_be_used_are_reported() {
    let weak = json!({"kty": "oct", "kid": "weak", "k": "AAAA"});
    let good = json!({"kty": "oct", "kid": "good", "k": "A".repeat(64)});
    let provider = |keys: &str| json!({"issuer": "https://i.example", "local_jwks": {"inline_string": keys}});
    let convert = |keys: &str| convert(&[json!({"providers": {"p": provider(keys)}, "rules": []})]);
    let set = |keys: Value| json!({"keys": keys}).to_string();
    for (keys, why) in [
        (set(json!([weak])), "key 0 (`weak`) is skipped: `k` has fewer than 32 bytes"),
        (set(json!([])), "the key set is empty"),
        ("{}".to_owned(), "the key set has no array `keys`"),
    ] {
        let start = "no provider can be converted: not carried over: the provider `p`: the keys of `https://i.example`";
        assert_eq!(convert(&keys).unwrap_err(), format!("{start}: {why}"));
    }
    let losses = convert(&set(json!([weak, good]))).unwrap().losses;
    let skipped = "not carried over: key 0 (`weak`) is skipped: `k` has fewer than 32 bytes";
    assert!(losses.iter().any(|loss| loss == skipped), "{losses:?}");
}
