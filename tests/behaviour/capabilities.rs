//! `capability_restriction_config`: what happens if Envoy bars something that a module needs.

use modules::Module;
use serde_json::{Map, Value, json};
use testkit::bootstrap::{Listener, bootstrap, wasm};
use testkit::envoy::Envoy;
use testkit::http::{Request, http1};
use testkit::upstream;

/// Returns the capabilities of a module.
fn needed(module: Module) -> Vec<&'static str> {
    module.callbacks().into_iter().chain(module.host_calls()).collect()
}

/// Returns an HTTP filter with this list of capabilities, in a VM of its own.
fn restricted(module: Module, policy: &str, vm: &str, capabilities: &[&str]) -> Value {
    let mut filter = wasm(module.name(), policy).unwrap();
    let allowed: Map<String, Value> =
        capabilities.iter().map(|name| ((*name).to_owned(), json!({}))).collect();
    let config = &mut filter["typed_config"]["config"];
    config["vm_config"]["vm_id"] = json!(vm);
    config["capability_restriction_config"] = json!({"allowed_capabilities": allowed});
    filter
}

/// A module, a policy that denies, and a policy that allows.
fn policies() -> [(Module, String, &'static str); 2] {
    let provider = json!({
        "issuer": "i", "algorithms": ["HS256"],
        "jwks": {"inline": {"keys": [{"kty": "oct", "k": "cmVwbGFjZS10aGlzLWJ5LTMyLXJhbmRvbS1ieXRlcyE"}]}},
    });
    let token =
        json!({"providers": {"p": provider}, "rules": [{"name": "all", "require": {"provider": "p"}}]});
    [
        (Module::PathPolicy, r#"{"default": "deny"}"#.to_owned(), r#"{"default": "allow"}"#),
        (Module::Ringfence, json!({"token": token}).to_string(), r#"{"path": {"default": "allow"}}"#),
    ]
}

#[test]
fn a_module_with_all_of_its_capabilities_works() {
    for (module, deny, allow) in policies() {
        let upstream = upstream::start(0).unwrap();
        let listener = |name: &str, policy: &str| {
            Listener::new(name, vec![restricted(module, policy, name, &needed(module))], upstream)
        };
        let listeners = [listener("deny", &deny), listener("allow", allow)];
        let envoy = Envoy::start(&format!("capabilities-{module}"), &bootstrap(&listeners), &[]).unwrap();
        let status = |name: &str| http1(envoy.listener(name).unwrap(), &Request::get("/")).unwrap().status;
        assert!(matches!(status("deny"), 401 | 403), "{module}\n{}", envoy.log());
        assert_eq!(status("allow"), 200, "{module}");
        assert!(!envoy.log().contains("restricted"), "{module}\n{}", envoy.log());
    }
}

/// What a module needs to load; `random_get` only a module that validates tokens.
const TO_LOAD: [&str; 4] =
    ["clock_time_get", "proxy_on_context_create", "proxy_get_buffer_bytes", "random_get"];

#[test]
fn a_module_without_a_clock_or_a_policy_does_not_load() {
    let [_, (module, deny, _)] = policies();
    let without = |missing: &str| {
        let rest = needed(module).into_iter().filter(move |name| *name != missing);
        rest.collect::<Vec<&str>>()
    };
    let lists = [vec!["proxy_log"], vec!["proxy_on_request_headers"]].into_iter();
    for capabilities in lists.chain(TO_LOAD.map(without)) {
        let filter = restricted(module, &deny, "vm", &capabilities);
        let listener = Listener::new("unloaded", vec![filter], upstream::start(0).unwrap());
        let error = Envoy::start("unloaded", &bootstrap(&[listener]), &[]).unwrap_err();
        let has_clock = capabilities.contains(&"clock_time_get");
        let line =
            if has_clock { "Unable to create Wasm" } else { "restricted WASI capability: clock_time_get" };
        assert!(format!("{error:#}").contains(line), "{error:#}");
    }
}

#[test]
fn a_missing_capability_lets_no_request_pass_except_a_callback_of_requests() {
    for (module, deny, _) in policies() {
        let upstream = upstream::start(0).unwrap();
        let names: Vec<&str> = needed(module).into_iter().filter(|name| !TO_LOAD.contains(name)).collect();
        let listener = |missing: &&str| {
            let rest: Vec<&str> = needed(module).into_iter().filter(|name| name != missing).collect();
            Listener::new(missing, vec![restricted(module, &deny, missing, &rest)], upstream)
        };
        let listeners: Vec<Listener> = names.iter().map(listener).collect();
        let name = format!("capability-missing-{module}");
        let envoy = Envoy::start(&name, &bootstrap(&listeners), &[]).unwrap();
        for missing in names {
            let address = envoy.listener(missing).unwrap();
            // A paused request gets no response.
            let status = http1(address, &Request::get("/")).map_or(0, |response| response.status);
            println!("{module} without {missing}: {status}");
            assert_eq!(status == 200, missing == "proxy_on_request_headers", "{module} {missing} {status}");
        }
    }
}
