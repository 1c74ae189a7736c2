//! A tunnel opens only if every policy allows the CONNECT.

use serde_json::json;
use testkit::bootstrap::{Listener, bootstrap, wasm};
use testkit::envoy::Envoy;
use testkit::http::{Request, http1, http2};
use testkit::upstream;

fn connect(authority: &str) -> Request {
    Request {
        method: b"CONNECT".to_vec(),
        target: None,
        authority: Some(authority.as_bytes().to_vec()),
        version: "HTTP/1.1",
        lines: Vec::new(),
    }
}

/// The test bootstrap has a route with a `connect_matcher`, which would open a tunnel.
#[test]
fn a_tunnel_needs_a_rule_that_allows_it() {
    let explicit = r#"{"default": "allow", "rules": [{"name": "all", "action": "deny"}]}"#;
    let by_default = r#"{"default": "deny", "rules": [{"name": "paths", "match": {"paths": [{"prefix": "/"}]}, "action": "allow"}]}"#;
    let every_path = r#"{"default": "allow", "rules": [{"name": "all", "match": {"paths": [{"prefix": "/"}]}, "action": "deny"}]}"#;
    let header = r#"{"rules": [{"name": "all", "match": {"paths": [{"template": "/**"}]},
        "require": [{"name": "x-key", "present": true}]}]}"#;
    let open = r#"{"default": "deny", "rules": [{"name": "open", "match": {"methods": ["CONNECT"]}, "action": "allow"}]}"#;
    let policies = [
        ("explicit", "path-policy", explicit, "ringfence_path_policy_denied{all}"),
        ("by-default", "path-policy", by_default, "ringfence_path_policy_default_deny"),
        ("every-path", "path-policy", every_path, "ringfence_path_policy_denied{all}"),
        ("header", "header-policy", header, "ringfence_header_policy_header_required{all}"),
        ("open", "path-policy", open, ""),
    ];
    let upstream = upstream::start(0).unwrap();
    let listeners = policies
        .map(|(name, filter, policy, _)| Listener::new(name, vec![wasm(filter, policy).unwrap()], upstream));
    let envoy = Envoy::start("connect", &bootstrap(&listeners), &[]).unwrap();
    for (name, _, _, details) in policies {
        let address = envoy.listener(name).unwrap();
        for response in
            [http1(address, &connect("a:443")).unwrap(), http2(address, &connect("a:443")).unwrap()]
        {
            assert_eq!(response.status == 200, details.is_empty(), "{name}: {}", response.status);
            assert_eq!(response.text("x-details"), details, "{name}");
        }
    }
}

/// An extended CONNECT (RFC 8441) has a path, which Envoy shows to the filter.
#[test]
fn an_extended_connect_is_decided_by_its_path() {
    let policy = r#"{"default": "allow", "rules": [
        {"name": "admin", "match": {"paths": [{"prefix": "/admin"}]}, "action": "deny"}]}"#;
    let mut listener =
        Listener::new("extended", vec![wasm("path-policy", policy).unwrap()], upstream::start(0).unwrap());
    listener.manager = json!({"upgrade_configs": [{"upgrade_type": "websocket"}]});
    let envoy = Envoy::start("extended-connect", &bootstrap(&[listener]), &[]).unwrap();
    let address = envoy.listener("extended").unwrap();
    for (path, is_denied) in [("/admin/x", true), ("/public", false)] {
        let request =
            Request { method: b"CONNECT".to_vec(), ..Request::get(path) }.with(":protocol", "websocket");
        let details = http2(address, &request).unwrap().text("x-details");
        assert_eq!(details == "ringfence_path_policy_denied{admin}", is_denied, "{path}: {details}");
        assert_eq!(details.contains("ringfence"), is_denied, "{path}: {details}");
    }
}
