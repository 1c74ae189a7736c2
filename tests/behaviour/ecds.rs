//! Policies from the extension config discovery service (ECDS), as Istio's agent delivers modules to Envoy.

use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use testkit::bootstrap::{Listener, bootstrap, wasm};
use testkit::envoy::Envoy;
use testkit::http::{Request, http1};
use testkit::upstream;
use testkit::workspace::run_folder;

const WASM: &str = "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm";
const STATS: &str = "extension_config_discovery.http_filter.policy";

/// An Envoy with one filter, from ECDS.
struct Discovered {
    envoy: Envoy,
    file: PathBuf,
    address: SocketAddr,
    version: u64,
}

/// Returns the filter with this policy. `strategy` is Envoy's equivalent of Istio's `failStrategy`.
fn filter(policy: &str, strategy: &str) -> Value {
    let mut filter = wasm("path-policy", policy).unwrap()["typed_config"].take();
    filter["config"]["failure_policy"] = json!(strategy);
    filter
}

/// Returns a policy that allows `/ok` and this path.
fn allowing(path: &str) -> Value {
    let paths = json!([{"exact": "/ok"}, {"exact": path}]);
    let policy =
        json!({"default": "deny", "rules": [{"name": "ok", "match": {"paths": paths}, "action": "allow"}]});
    filter(&policy.to_string(), "FAIL_RELOAD")
}

impl Discovered {
    fn start(name: &str, filter: Value) -> Self {
        let folder = run_folder(name).unwrap();
        let file = folder.join("policy.json");
        let discovered = json!({
            "name": "policy",
            "config_discovery": {
                "config_source": {
                    "resource_api_version": "V3",
                    "initial_fetch_timeout": "1s",
                    "path_config_source": {"path": file, "watched_directory": {"path": folder}},
                },
                "type_urls": [WASM],
            },
        });
        std::fs::write(&file, Self::response(0, filter).to_string()).unwrap();
        let listener = Listener::new("discovered", vec![discovered], upstream::start(0).unwrap());
        let mut bootstrap = bootstrap(&[listener]);
        bootstrap["node"] = json!({"id": "test", "cluster": "test"});
        let envoy = Envoy::start(name, &bootstrap, &["--concurrency", "2"]).unwrap();
        let address = envoy.listener("discovered").unwrap();
        Self { envoy, file, address, version: 0 }
    }

    fn response(version: u64, filter: Value) -> Value {
        let resource = json!({
            "@type": "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig",
            "name": "policy",
            "typed_config": filter,
        });
        json!({"version_info": version.to_string(), "resources": [resource]})
    }

    fn stat(&self, what: &str) -> u64 {
        self.envoy.stat(&format!("{STATS}.{what}")).unwrap()
    }

    /// Replaces the filter and waits for the result. Returns true if Envoy accepts the new one.
    fn update(&mut self, filter: Value) -> bool {
        self.version += 1;
        let before = (self.stat("update_success"), self.stat("update_rejected"));
        let partial = self.file.with_extension("partial");
        std::fs::write(&partial, Self::response(self.version, filter).to_string()).unwrap();
        std::fs::rename(&partial, &self.file).unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let now = (self.stat("update_success"), self.stat("update_rejected"));
            if now != before {
                return now.0 > before.0;
            }
            assert!(Instant::now() < deadline, "{}", self.envoy.log());
        }
    }

    fn status(&self, path: &str) -> u16 {
        http1(self.address, &Request::get(path)).map_or(0, |answer| answer.status)
    }

    fn wait_for_status(&self, path: &str, status: u16) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while self.status(path) != status {
            assert!(Instant::now() < deadline, "{path} never gave {status}: {}", self.envoy.log());
        }
    }

    /// Returns the resident memory of Envoy, in kilobytes.
    fn memory(&mut self) -> u64 {
        let id = self.envoy.process().id();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

#[test]
fn a_thousand_updates_under_load_fail_no_request_and_leak_no_memory() {
    let mut world = Discovered::start("ecds", allowing("/0"));
    let (address, ended, sent) = (world.address, AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !ended.load(Ordering::SeqCst) {
                    let status = http1(address, &Request::get("/ok")).map_or(0, |answer| answer.status);
                    assert_eq!(status, 200);
                    sent.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        let changes = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let mut settled = 0;
            for number in 1..=1000_u32 {
                assert!(world.update(allowing(&format!("/{number}"))));
                if number % 100 == 0 {
                    world.wait_for_status(&format!("/{number}"), 200);
                    assert_eq!(world.status(&format!("/{}", number - 1)), 403);
                }
                if number == 200 {
                    settled = world.memory();
                }
            }
            (settled, world.memory())
        }));
        ended.store(true, Ordering::SeqCst);
        let (settled, now) = changes.unwrap();
        assert!(now * 10 < settled * 12, "{settled} kB after 200 policies, {now} kB after 1000");
    });
    assert!(sent.into_inner() > 1000);
}

#[test]
fn an_invalid_policy_is_rejected_and_the_old_one_stays() {
    let mut world = Discovered::start("ecds-broken", allowing("/old"));
    assert_eq!((world.status("/old"), world.status("/new")), (200, 403));
    assert!(!world.update(filter(r#"{"default": "alow"}"#, "FAIL_RELOAD")));
    assert_eq!((world.status("/old"), world.status("/new")), (200, 403));
    assert!(world.envoy.log().contains("unknown value `alow`"), "{}", world.envoy.log());
    assert!(world.update(allowing("/new")));
    world.wait_for_status("/new", 200);
}

/// Returns filters with an invalid or missing module, for each of Istio's strategies.
fn without_module() -> impl Iterator<Item = Value> {
    let corrupt = run_folder("ecds-corrupt").unwrap().join("corrupt.wasm");
    std::fs::write(&corrupt, b"\0asm\x01\0\0\0\xff").unwrap();
    let strategies = ["FAIL_CLOSED", "FAIL_OPEN", "FAIL_RELOAD"];
    let modules = [json!("dist/gone.wasm"), json!(corrupt)];
    modules.into_iter().flat_map(move |module| {
        strategies.map(|strategy| {
            let mut gone = filter(r#"{"default": "allow"}"#, strategy);
            gone["config"]["vm_config"]["code"]["local"]["filename"] = module.clone();
            gone
        })
    })
}

#[test]
fn a_missing_module_leaves_the_old_policy_in_force() {
    let mut world = Discovered::start("ecds-gone", allowing("/old"));
    for gone in without_module() {
        assert!(!world.update(gone.clone()), "{gone}");
        assert_eq!((world.status("/old"), world.status("/new")), (200, 403), "{gone}");
    }
}

#[test]
fn without_a_module_no_request_passes() {
    for gone in without_module() {
        let world = Discovered::start("ecds-none", gone.clone());
        assert_eq!(world.status("/old"), 500, "{gone}");
    }
}
