//! Behaviour that needs a real Envoy: bytes on the wire, configuration, reload, crashes.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "tests")]

mod calls;
mod capabilities;
mod configs;
mod configuration;
mod connect;
mod crash;
mod ecds;
mod examples;
mod headers;
mod hostile;
mod keys;
mod keys_over_tls;
mod observability;
mod reload;
mod routes;
mod server_names;
mod tokens;
mod waiting;

use std::net::SocketAddr;
use testkit::bootstrap::{Listener, bootstrap, wasm};
use testkit::envoy::Envoy;
use testkit::upstream;

/// Starts Envoy with one listener and one filter.
fn envoy_with(
    name: &str,
    filter: &str,
    policy: &str,
    arguments: &[&str],
) -> anyhow::Result<(Envoy, SocketAddr)> {
    let listener = Listener::new(name, vec![wasm(filter, policy)?], upstream::start(0)?);
    let envoy = Envoy::start(name, &bootstrap(&[listener]), arguments)?;
    let address = envoy.listener(name)?;
    Ok((envoy, address))
}

/// Waits until a counter has this value; a timer writes the counters.
fn wait_for_counter(envoy: &Envoy, name: &str, value: u64) {
    let name = format!("wasmcustom.ringfence_{name}");
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while envoy.stat(&name).unwrap() != value {
        assert!(
            std::time::Instant::now() < deadline,
            "{name} is {}, not {value}",
            envoy.stat(&name).unwrap()
        );
    }
}
