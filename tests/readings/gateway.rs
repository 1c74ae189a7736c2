//! Envoy in front of the servers, with every combination of its path normalization settings.

use anyhow::Result;
use serde_json::{Value, json};
use std::fmt;
use std::net::SocketAddr;
use testkit::bootstrap::{Listener, bootstrap, wasm};
use testkit::envoy::Envoy;

/// Returns the policy of the filter.
///
/// A rule must ignore case if the file system does.
pub fn policy(ignore_case: bool) -> String {
    let matcher = json!({"paths": [{"prefix": "/private", "ignoreCase": ignore_case}]});
    let rule = json!({"name": "private", "match": matcher, "action": "deny"});
    json!({"default": "allow", "rules": [rule]}).to_string()
}

/// Envoy's path normalization settings.
#[derive(Debug, Clone, Copy)]
pub struct Combination {
    normalize_path: bool,
    merge_slashes: bool,
    escaped_slashes: &'static str,
}

impl Combination {
    /// No normalization.
    pub const OFF: Self =
        Self { normalize_path: false, merge_slashes: false, escaped_slashes: "KEEP_UNCHANGED" };

    /// Returns every combination.
    pub fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for normalize_path in [false, true] {
            for merge_slashes in [false, true] {
                let actions =
                    ["KEEP_UNCHANGED", "REJECT_REQUEST", "UNESCAPE_AND_REDIRECT", "UNESCAPE_AND_FORWARD"];
                all.extend(actions.map(|escaped_slashes| Self {
                    normalize_path,
                    merge_slashes,
                    escaped_slashes,
                }));
            }
        }
        all
    }

    fn settings(self) -> Value {
        json!({
            "normalize_path": self.normalize_path,
            "merge_slashes": self.merge_slashes,
            "path_with_escaped_slashes_action": self.escaped_slashes,
        })
    }
}

impl fmt::Display for Combination {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { normalize_path, merge_slashes, escaped_slashes } = self;
        write!(formatter, "normalize_path {normalize_path}, merge_slashes {merge_slashes}, {escaped_slashes}")
    }
}

/// One Envoy with a listener for each server and combination, and one without the filter for each server.
#[derive(Debug)]
pub struct Gateway {
    envoy: Envoy,
}

impl Gateway {
    /// Starts Envoy in front of these servers, with this policy.
    pub fn start<'a>(upstreams: impl Iterator<Item = (&'a str, SocketAddr)>, policy: &str) -> Result<Self> {
        let filter = wasm("path-policy", policy)?;
        let mut listeners = Vec::new();
        for (upstream, address) in upstreams {
            for combination in Combination::all() {
                let name = filtered_name(upstream, combination);
                let mut listener = Listener::new(&name, vec![filter.clone()], address);
                listener.manager = combination.settings();
                listeners.push(listener);
            }
            listeners.push(Listener::new(&bare_name(upstream), Vec::new(), address));
        }
        Ok(Self { envoy: Envoy::start("readings", &bootstrap(&listeners), &[])? })
    }

    /// Returns the listener with the filter in front of a server.
    pub fn filtered(&self, upstream: &str, combination: Combination) -> Result<SocketAddr> {
        self.envoy.listener(&filtered_name(upstream, combination))
    }

    /// Returns the listener without the filter in front of a server.
    pub fn bare(&self, upstream: &str) -> Result<SocketAddr> {
        self.envoy.listener(&bare_name(upstream))
    }
}

fn filtered_name(upstream: &str, combination: Combination) -> String {
    format!("{upstream}: {combination}")
}

fn bare_name(upstream: &str) -> String {
    format!("{upstream}: no filter")
}
