//! The number of host calls per request, read from Envoy's trace log.

use crate::envoy_with;
use cases::CaseFile;
use testkit::http::{Request, http1};
use testkit::workspace::root;

/// Returns the host calls in the trace.
fn calls_out(log: &str) -> Vec<String> {
    let call = |line: &str| Some(line.split_once("[vm->host] ")?.1.split('(').next()?.to_owned());
    // A timer writes the counters, at any time.
    log.lines()
        .filter_map(call)
        .filter(|call| call.starts_with("env.") && !call.ends_with("_metric"))
        .collect()
}

#[test]
fn an_allowed_request_costs_one_host_call() {
    let policy = r#"{
        "vhost": {"hosts": [{"name": "shop", "domains": ["shop.example.com"]}]},
        "path": {"default": "allow"},
        "header": {"rules": [{"name": "role", "forbid": [{"name": "x-role", "exact": "admin"}]}]}
    }"#;
    let (envoy, address) =
        envoy_with("calls", "ringfence", policy, &["--component-log-level", "wasm:trace"]).unwrap();
    let before = calls_out(&envoy.log()).len();
    assert_eq!(http1(address, &Request::get("/a")).unwrap().status, 200);
    let calls = calls_out(&envoy.log()).split_off(before);
    assert_eq!(calls, ["env.proxy_get_header_map_pairs"]);
    // One edit costs one more call; several edits cost one call together.
    let before = calls_out(&envoy.log()).len();
    assert_eq!(http1(address, &Request::get("/a/./b")).unwrap().status, 200);
    let calls = calls_out(&envoy.log()).split_off(before);
    assert_eq!(calls, ["env.proxy_get_header_map_pairs", "env.proxy_replace_header_map_value"]);
}

#[test]
fn envoy_verifies_the_signatures_that_it_supports() {
    let file = CaseFile::read(&root().join("tests/cases/token-validation/algorithms.yaml")).unwrap();
    let policy = file.policy.to_string();
    let (envoy, address) =
        envoy_with("host", "token-validation", &policy, &["--component-log-level", "wasm:trace"]).unwrap();
    let judged = |name: &str| {
        let case = file.cases.iter().find(|case| case.name == name).unwrap();
        let before = calls_out(&envoy.log()).len();
        let request = Request { lines: case.lines().unwrap(), ..Request::get("/api") };
        let status = http1(address, &request).unwrap().status;
        let calls = calls_out(&envoy.log()).split_off(before);
        (status, calls.iter().filter(|call| *call == "env.proxy_call_foreign_function").count())
    };
    for algorithm in ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"] {
        assert_eq!(judged(&format!("{algorithm}: a good token")), (200, 1), "{algorithm}");
        assert_eq!(judged(&format!("{algorithm}: a flipped bit")), (401, 1), "{algorithm}");
    }
    // Envoy's function has no padding option, which PS* needs, and requires a digest, which EdDSA does not have.
    for algorithm in ["PS256", "EdDSA"] {
        assert_eq!(judged(&format!("{algorithm}: a good token")), (200, 0), "{algorithm}");
    }
    // A signature of the wrong length is rejected without a host call.
    assert_eq!(judged("ES256 in DER"), (401, 0));
}
