//! The cost of tokens, and log lines about keys.

use crate::{envoy_with, wait_for_counter};
use cases::{CaseFile, HeaderLine};
use testkit::http::{Request, http1};
use testkit::workspace::root;

/// Returns the policy of the cases about algorithms, and a valid RS256 token of its issuer.
fn rs256() -> (serde_json::Value, Vec<HeaderLine>) {
    let file = CaseFile::read(&root().join("tests/cases/token-validation/algorithms.yaml")).unwrap();
    let case = file.cases.iter().find(|case| case.name == "RS256: a good token").unwrap();
    (file.policy.clone(), case.lines().unwrap())
}

#[test]
fn a_cached_token_costs_no_signature_verification() {
    let (mut policy, lines) = rs256();
    let request = Request { lines, ..Request::get("/api") };
    for (cache, checks, hits) in [(None, 1, 99), (Some("off"), 100, 0)] {
        policy["cache"] = cache.map_or(serde_json::json!({"maxBytes": 131_072}), Into::into);
        let (envoy, address) = envoy_with("known", "token-validation", &policy.to_string(), &[]).unwrap();
        for _ in 0..100 {
            assert_eq!(http1(address, &request).unwrap().status, 200);
        }
        wait_for_counter(&envoy, "token_validation_requests_total", 100);
        wait_for_counter(&envoy, "token_validation_signature_checks_total", checks);
        wait_for_counter(&envoy, "token_validation_cache_hits_total", hits);
    }
}

#[test]
fn a_skipped_key_is_logged() {
    let (mut policy, _) = rs256();
    let keys = policy["providers"]["corporate"]["jwks"]["inline"]["keys"].as_array_mut().unwrap();
    let place = keys.len();
    keys.push(serde_json::json!({"kty": "RSA", "kid": "small", "n": "AQAB", "e": "AQAB"}));
    let (envoy, _) = envoy_with("left-out", "token-validation", &policy.to_string(), &[]).unwrap();
    let line = format!("keys of provider `corporate`: key {place} (`small`) is skipped: ");
    assert!(envoy.log().contains(&line), "{}", envoy.log());
}
