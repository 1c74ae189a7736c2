//! What a request costs: the calls across the VM's border, as Envoy's own trace shows them.

use crate::envoy_with;
use e2e::client::{Request, http1};

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
