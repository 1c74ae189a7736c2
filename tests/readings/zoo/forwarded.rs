//! What Envoy forwards under each policy.

use super::policies::{CASES, Case};
use super::requests::Ask;
use crate::connection::Connection;
use crate::world::{ECHO, side_by_side};
use anyhow::{Result, ensure};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use testkit::bootstrap::{Listener, bootstrap, wasm};
use testkit::envoy::Envoy;
use testkit::upstream;

/// The requests that reach the upstream. Servers respond alike to equal requests, so each is sent to a server once.
#[derive(Debug)]
pub struct Forwarded {
    /// For each request at the upstream: under which policies it is forwarded, and the request of the client.
    pub requests: BTreeMap<Ask, Vec<(&'static Case, Ask)>>,
}

impl Forwarded {
    /// Sends requests through Envoy with each policy.
    pub fn collect(asks: &[Ask]) -> Result<Self> {
        let echo = upstream::start(0)?;
        let listener = |case: &Case| -> Result<Listener> {
            Ok(Listener::new(case.name, vec![wasm("path-policy", &case.policy())?], echo))
        };
        let listeners = CASES.iter().map(listener).collect::<Result<Vec<_>>>()?;
        let envoy = Envoy::start(ECHO, &bootstrap(&listeners), &["--concurrency", "2"])?;
        let mut requests: BTreeMap<Ask, Vec<(&'static Case, Ask)>> = BTreeMap::new();
        for (case, passed) in CASES.iter().zip(side_by_side(&CASES, |case| {
            let passed = passed(envoy.listener(case.name)?, asks);
            ensure!(!passed.is_empty(), "{}: nothing at all passes", case.name);
            Ok(passed)
        })) {
            for (seen, sent) in passed? {
                requests.entry(seen).or_default().push((case, sent));
            }
        }
        Ok(Self { requests })
    }
}

/// Returns each different request at the upstream, with a request of the client that it comes from.
fn passed(address: SocketAddr, asks: &[Ask]) -> BTreeMap<Ask, Ask> {
    let mut connection = Connection::new(address);
    let mut passed = BTreeMap::new();
    for ask in asks {
        let Some(response) = connection.send(&ask.request()) else { continue };
        if response.header("x-details").is_none() && response.status == 200 {
            let seen = upstream::parse_echo(&response.body);
            passed.entry(ask.seen(seen)).or_insert_with(|| ask.clone());
        }
    }
    passed
}
