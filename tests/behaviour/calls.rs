//! What a request costs: the calls across the VM's border, as Envoy's own trace shows them.

use crate::envoy_with;
use cases::CaseFile;
use testkit::http::{Request, http1};
use testkit::workspace::root;

/// The calls out of the VM that the trace shows.
fn calls_out(log: &str) -> Vec<String> {
    let call = |line: &str| Some(line.split_once("[vm->host] ")?.1.split('(').next()?.to_owned());
    // Counters are written on a timer, whenever that is.
    log.lines()
        .filter_map(call)
        .filter(|call| call.starts_with("env.") && !call.ends_with("_metric"))
        .collect()
}

#[test]
fn an_allowed_request_is_one_call_out_of_the_vm() {
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
    // A change is one call more, several changes are one as well.
    let before = calls_out(&envoy.log()).len();
    assert_eq!(http1(address, &Request::get("/a/./b")).unwrap().status, 200);
    let calls = calls_out(&envoy.log()).split_off(before);
    assert_eq!(calls, ["env.proxy_get_header_map_pairs", "env.proxy_replace_header_map_value"]);
}

#[test]
fn the_host_checks_the_signatures_that_it_can() {
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
    // Envoy has no padding choice for PS*, and asks for a digest where EdDSA has none.
    for algorithm in ["PS256", "EdDSA"] {
        assert_eq!(judged(&format!("{algorithm}: a good token")), (200, 0), "{algorithm}");
    }
    // What cannot be right costs the host nothing.
    assert_eq!(judged("ES256 in DER"), (401, 0));
}
