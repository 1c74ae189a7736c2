//! Envoy routes by the request that the policy has changed.

use serde_json::json;
use testkit::bootstrap::{Listener, bootstrap, wasm};
use testkit::envoy::Envoy;
use testkit::http::{Request, http1, http2};
use testkit::upstream;

#[test]
fn a_rewritten_path_selects_the_route() {
    let policy = r#"{"default": "allow", "rules": [{"name": "user", "match": {"paths": [{"template": "/users/{id}"}]},
        "action": "rewrite", "rewrite": {"path": "/internal/{id}"}}]}"#;
    let direct = |prefix: &str, status: u16| json!({"match": {"prefix": prefix}, "direct_response": {"status": status}});
    let routes = [direct("/internal/", 207), direct("/users/", 208), direct("/a/b", 209), direct("/", 404)];
    let virtual_host = json!({"name": "all", "domains": ["*"], "routes": routes});
    let mut listener =
        Listener::new("routes", vec![wasm("path-policy", policy).unwrap()], upstream::start(0).unwrap());
    listener.manager = json!({"route_config": {"virtual_hosts": [virtual_host]}});
    let envoy = Envoy::start("routes", &bootstrap(&[listener]), &[]).unwrap();
    let address = envoy.listener("routes").unwrap();
    for (path, status) in [("/users/7", 207), ("/users/7/x", 208), ("/a/./%62", 209)] {
        assert_eq!(http1(address, &Request::get(path)).unwrap().status, status, "{path}");
        assert_eq!(http2(address, &Request::get(path)).unwrap().status, status, "{path}");
    }
}
