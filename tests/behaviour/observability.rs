//! Counters, response code details, filter state and log.

use crate::{envoy_with, wait_for_counter};
use testkit::http::{Request, http1};

const POLICY: &str = r#"{
    "path": {"default": "allow", "rules": [
        {"name": "admin", "match": {"paths": [{"prefix": "/admin"}]}, "action": "deny"},
        {"name": "old", "match": {"paths": [{"prefix": "/old"}]}, "action": "redirect", "redirect": {"path": "/new"}},
        {"name": "soon", "mode": "shadow", "match": {"paths": [{"prefix": "/soon"}]}, "action": "deny"}]},
    "header": {"rules": [{"name": "role", "forbid": [{"name": "x-role", "exact": "s3cret"}]}]}
}"#;

#[test]
fn counters_details_state_and_log_have_rule_and_reason() {
    let (envoy, address) = envoy_with("telling", "ringfence", POLICY, &[]).unwrap();
    let get = |path: &str| http1(address, &Request::get(path)).unwrap();
    for _ in 0..3 {
        assert_eq!(get("/admin/x?token=hunter2").text("x-details"), "ringfence_path_policy_denied{admin}");
    }
    assert_eq!(get("/old").text("x-details"), "ringfence_path_policy_redirected{old}");
    let shadowed = get("/soon/x");
    assert_eq!(shadowed.status, 200);
    assert_eq!(shadowed.text("x-state-path-policy"), "decision=deny;rule=soon;reason=denied;mode=shadow");
    let denied = http1(address, &Request::get("/").with("x-role", "s3cret")).unwrap();
    assert_eq!(denied.text("x-details"), "ringfence_header_policy_header_forbidden{role}");
    for (name, value) in [
        ("path_policy_requests_total", 6),
        ("path_policy_denied_total", 3),
        ("path_policy_shadow_denied_total", 1),
        ("path_policy_redirected_total", 1),
        ("path_policy_rule_admin_denied_total", 3),
        ("path_policy_rule_soon_shadow_matched_total", 1),
        ("header_policy_requests_total", 2),
        ("header_policy_denied_total", 1),
        ("header_policy_rule_role_denied_total", 1),
        ("header_policy_shadow_denied_total", 0),
    ] {
        wait_for_counter(&envoy, name, value);
    }
    let log = envoy.log();
    let line = "denied filter=path_policy rule=admin reason=denied mode=enforce status=403 reading=/admin/x";
    assert_eq!(log.matches(line).count(), 3, "{log}");
    assert!(log.contains(
        "denied filter=path_policy rule=soon reason=denied mode=shadow status=403 reading=/soon/x"
    ));
    assert!(!log.contains("s3cret") && !log.contains("hunter2"), "{log}");
    assert!(!log.contains("the host failed"), "{log}");
}

#[test]
fn counters_exist_before_the_first_request() {
    let (envoy, _) = envoy_with("zero", "path-policy", r#"{"default": "deny"}"#, &[]).unwrap();
    let stats = envoy.admin("/stats?filter=ringfence").unwrap();
    for name in ["requests_total", "denied_total", "shadow_denied_total"] {
        assert!(stats.contains(&format!("wasmcustom.ringfence_path_policy_{name}: 0")), "{stats}");
    }
}
