//! Policy updates while Envoy runs.

use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::PathBuf;
use testkit::bootstrap::{Listener, bootstrap, wasm};
use testkit::envoy::Envoy;
use testkit::http::{Request, http1};
use testkit::upstream;
use testkit::workspace::run_folder;

/// An Envoy that reads its listeners from a watched file.
struct Watched {
    envoy: Envoy,
    file: PathBuf,
    upstream: SocketAddr,
    port: u16,
    version: u32,
}

impl Watched {
    fn start(policy: &str) -> anyhow::Result<Self> {
        let (folder, upstream) = (run_folder("reload")?, upstream::start(0)?);
        let file = folder.join("listeners.json");
        let port = testkit::process::free_port()?;
        std::fs::write(&file, Self::listeners(policy, upstream, port, 0)?.to_string())?;
        let mut whole = bootstrap(&[Listener::new("watched", Vec::new(), upstream)]);
        whole["static_resources"]["listeners"] = json!([]);
        whole["node"] = json!({"id": "test", "cluster": "test"});
        let watched = folder.display().to_string();
        whole["dynamic_resources"] = json!({"lds_config": {
            "resource_api_version": "V3",
            "path_config_source": {"path": file, "watched_directory": {"path": watched}},
        }});
        let envoy = Envoy::start("reload", &whole, &[])?;
        Ok(Self { envoy, file, upstream, port, version: 0 })
    }

    fn listeners(policy: &str, upstream: SocketAddr, port: u16, version: u32) -> anyhow::Result<Value> {
        let listener = Listener::new("watched", vec![wasm("path-policy", policy)?], upstream);
        let mut listener = bootstrap(&[listener])["static_resources"]["listeners"][0].take();
        listener["address"]["socket_address"]["port_value"] = json!(port);
        listener["@type"] = json!("type.googleapis.com/envoy.config.listener.v3.Listener");
        Ok(json!({"version_info": version.to_string(), "resources": [listener]}))
    }

    /// Replaces the policy, as a control plane does, and waits until Envoy has accepted or rejected it.
    fn update(&mut self, policy: &str) -> anyhow::Result<bool> {
        self.version += 1;
        let partial = self.file.with_extension("partial");
        let listeners = Self::listeners(policy, self.upstream, self.port, self.version)?;
        let count = |envoy: &Envoy| {
            let stat = |name| envoy.stat(name).unwrap_or_default();
            (stat("listener_manager.lds.update_success"), stat("listener_manager.lds.update_rejected"))
        };
        let before = count(&self.envoy);
        std::fs::write(&partial, listeners.to_string())?;
        std::fs::rename(&partial, &self.file)?;
        loop {
            let now = count(&self.envoy);
            if now != before {
                return Ok(now.0 > before.0);
            }
            anyhow::ensure!(self.envoy.process().is_running(), "Envoy ended");
            std::thread::yield_now();
        }
    }

    fn status(&self, path: &str) -> u16 {
        http1(SocketAddr::from(([127, 0, 0, 1], self.port)), &Request::get(path))
            .map_or(0, |answer| answer.status)
    }

    fn wait_for_status(&self, path: &str, status: u16) {
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while self.status(path) != status {
            assert!(std::time::Instant::now() < deadline, "{path} never gave {status}");
        }
    }
}

#[test]
fn an_invalid_update_keeps_the_old_policy_and_its_counts() {
    let mut watched = Watched::start(r#"{"default": "allow"}"#).unwrap();
    assert_eq!(watched.status("/"), 200);
    assert!(!watched.update(r#"{"default": "perhaps"}"#).unwrap());
    assert_eq!(watched.status("/"), 200);
    let log = watched.envoy.log();
    assert!(log.contains("unknown_value at default: unknown value `perhaps`"), "{log}");
    assert!(watched.update(r#"{"default": "deny"}"#).unwrap());
    watched.wait_for_status("/", 403);
    // The old policy writes its counts when it is removed.
    let requests = "wasmcustom.ringfence_path_policy_requests_total";
    let envoy = &watched.envoy;
    let counted = |envoy: &Envoy| envoy.stat(requests).unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while counted(envoy) < 3 {
        assert!(std::time::Instant::now() < deadline, "only {} were counted", counted(envoy));
    }
}
