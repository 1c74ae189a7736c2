//! What only Envoy can prove: bytes, configuration, reload, survival.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "tests")]

mod calls;
mod configs;
mod configuration;
mod hostile;
mod reload;
mod routes;
mod telling;

use e2e::bootstrap::{Listener, bootstrap, wasm};
use e2e::envoy::Envoy;
use e2e::upstream;
use std::net::SocketAddr;

/// An Envoy with one listener, whose only filter is this one.
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
