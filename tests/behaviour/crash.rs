//! Envoy's behaviour after a module has crashed, for each of Istio's three strategies. The crashing module is made for the test.

use serde_json::json;
use std::time::{Duration, Instant};
use testkit::bootstrap::{Listener, bootstrap};
use testkit::envoy::Envoy;
use testkit::http::{Request, http1};
use testkit::upstream;
use testkit::workspace::run_folder;

/// A module that crashes on the second request of a VM:
///
/// ```wat
/// (module
///   (memory (export "memory") 1)
///   (global (mut i32) (i32.const 0))
///   (func (export "proxy_abi_version_0_2_1"))
///   (func (export "proxy_on_memory_allocate") (param i32) (result i32) i32.const 0)
///   (func (export "proxy_on_context_create") (param i32 i32))
///   (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
///     global.get 0  if  unreachable  end
///     i32.const 1  global.set 0
///     i32.const 0))
/// ```
const CRASHING: &[u8] =
    b"\0asm\x01\0\0\0\x01\x15\x04`\0\0`\x01\x7f\x01\x7f`\x02\x7f\x7f\0`\x03\x7f\x7f\x7f\x01\x7f\x03\
      \x05\x04\0\x01\x02\x03\x05\x03\x01\0\x01\x06\x06\x01\x7f\x01A\0\x0b\x07t\x05\x06memory\x02\0\x17\
      proxy_abi_version_0_2_1\0\0\x18proxy_on_memory_allocate\0\x01\x17proxy_on_context_create\0\x02\
      \x18proxy_on_request_headers\0\x03\x0a\x1b\x04\x02\0\x0b\x04\0A\0\x0b\x02\0\x0b\x0e\0#\0\x04@\0\
      \x0bA\x01$\0A\0\x0b";

/// Starts Envoy with one worker and this module. The function that is returned sends a request and returns the status.
fn start(strategy: &str) -> (Envoy, impl Fn() -> u16) {
    let file = run_folder("crash").unwrap().join("crashing.wasm");
    std::fs::write(&file, CRASHING).unwrap();
    let vm =
        json!({"vm_id": strategy, "runtime": "envoy.wasm.runtime.v8", "code": {"local": {"filename": file}}});
    let filter = json!({
        "name": "crashing",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm",
            "config": {"name": "crashing", "failure_policy": strategy, "vm_config": vm},
        },
    });
    let listener = Listener::new("crash", vec![filter], upstream::start(0).unwrap());
    let envoy = Envoy::start("crash", &bootstrap(&[listener]), &["--concurrency", "1"]).unwrap();
    let address = envoy.listener("crash").unwrap();
    (envoy, move || http1(address, &Request::get("/")).map_or(0, |answer| answer.status))
}

#[test]
fn a_request_that_crashes_a_module_is_never_allowed() {
    for strategy in ["FAIL_CLOSED", "FAIL_OPEN", "FAIL_RELOAD"] {
        let (_envoy, status) = start(strategy);
        assert_eq!((status(), status()), (200, 503), "{strategy}");
    }
}

#[test]
fn fail_closed_denies_and_fail_open_allows_after_a_crash() {
    for (strategy, then) in [("FAIL_CLOSED", 503), ("FAIL_OPEN", 200)] {
        let (_envoy, status) = start(strategy);
        let (_, _) = (status(), status());
        // Longer than the back-off before a new VM.
        let deadline = Instant::now() + Duration::from_secs(2);
        while Instant::now() < deadline {
            assert_eq!(status(), then, "{strategy}");
        }
    }
}

#[test]
fn a_new_vm_replaces_the_crashed_one() {
    let (envoy, status) = start("FAIL_RELOAD");
    for _ in 0..2 {
        let deadline = Instant::now() + Duration::from_secs(20);
        // Requests are denied until the new VM is ready.
        loop {
            match status() {
                200 => break,
                other => assert_eq!(other, 503),
            }
            assert!(Instant::now() < deadline, "{}", envoy.log());
        }
        assert_eq!(status(), 503, "the crashed module decides again");
    }
}
