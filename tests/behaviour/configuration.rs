//! Envoy rejects an invalid configuration, and its log has every problem.

use crate::envoy_with;
use serde_json::{Value, json};
use testkit::bootstrap::{Listener, bootstrap, wasm};
use testkit::envoy::Envoy;
use testkit::http::{Request, http1};
use testkit::upstream;

/// Returns the log of an Envoy that does not start with this policy.
fn rejection(filter: &str, policy: &str) -> String {
    match envoy_with("rejected", filter, policy, &[]) {
        Ok(_) => panic!("Envoy accepted {policy}"),
        Err(error) => format!("{error:#}"),
    }
}

#[test]
fn an_invalid_policy_stops_envoy_and_every_problem_is_logged() {
    let policy = json!({
        "defualt": "deny",
        "rules": [
            {"name": "a", "match": {"paths": [{"prefix": "x"}]}, "action": "allow"},
            {"name": "a", "action": "alow"},
        ],
    });
    let log = rejection("path-policy", &policy.to_string());
    for problem in [
        "unknown_field at defualt: unknown field `defualt`; did you mean `default`?",
        "missing_field at the configuration: missing field `default`; add `default`",
        "duplicate_name at rules[1].name: duplicate name `a`; give each its own name",
        "path_pattern at rules[0].match.paths[0].prefix: no canonical path matches this pattern; start with `/`",
        "unknown_value at rules[1].action: unknown value `alow`; did you mean `allow`?",
    ] {
        assert!(log.contains(problem), "{problem}\nis not in\n{log}");
    }
}

#[test]
fn a_module_needs_a_policy() {
    for filter in ["vhost-policy", "path-policy", "header-policy", "ringfence"] {
        let log = rejection(filter, "");
        assert!(log.contains("empty at the configuration: the configuration is empty"), "{filter}: {log}");
    }
    let log = rejection("ringfence", "{}");
    assert!(log.contains("empty at the configuration: no filter has a policy"), "{log}");
}

#[test]
fn a_policy_may_be_a_struct_and_have_any_root_id() {
    let mut filter = wasm("path-policy", "").unwrap();
    let config = &mut filter["typed_config"]["config"];
    config["root_id"] = json!("whatever");
    config["configuration"] = json!({
        "@type": "type.googleapis.com/google.protobuf.Struct",
        "value": {"default": "allow", "limits": {"maxPathBytes": 10}},
    });
    let listener = Listener::new("struct", vec![filter], upstream::start(0).unwrap());
    let envoy = Envoy::start("struct", &bootstrap(&[listener]), &[]).unwrap();
    let status = |path| http1(envoy.listener("struct").unwrap(), &Request::get(path)).unwrap().status;
    assert_eq!((status("/short"), status("/not-so-short")), (200, 414));
}

#[test]
fn several_policies_share_a_vm() {
    let policies = [r#"{"default": "allow"}"#, r#"{"default": "deny"}"#];
    let upstream = upstream::start(0).unwrap();
    let listener = |(index, policy): (usize, &&str)| {
        Listener::new(&format!("l{index}"), vec![wasm("path-policy", policy).unwrap()], upstream)
    };
    let listeners: Vec<Listener> = policies.iter().enumerate().map(listener).collect();
    let bootstrap: Value = bootstrap(&listeners);
    let envoy = Envoy::start("shared", &bootstrap, &[]).unwrap();
    let status = |name: &str| http1(envoy.listener(name).unwrap(), &Request::get("/")).unwrap().status;
    assert_eq!((status("l0"), status("l1")), (200, 403));
}
