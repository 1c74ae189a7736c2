//! Bookinfo: its gateway, and its allowed connections, written by hand.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::net::SocketAddr;
use testkit::bootstrap::wasm;
use testkit::workspace::root;

/// The port of DNS.
pub const DNS: u16 = 53;
/// The port of the gateway's listener.
pub const LISTENER: u16 = 8080;
/// The port of each service.
pub const SERVICE: u16 = 9080;

/// Every pod listens on these ports, so that only a policy can close them. They are the ports of the
/// applications, the gateway, istiod and the proxies.
pub const PORTS: [u16; 17] = [
    DNS, 80, 443, 6443, LISTENER, 8443, SERVICE, 15000, 15004, 15008, 15010, 15012, 15014, 15017, 15020,
    15021, 15090,
];

/// Returns the application of a pod, without its version.
fn application(name: &str) -> &str {
    if name.starts_with("reviews") { "reviews" } else { name }
}

/// Returns true if the graph or the mesh requires this connection.
pub fn allowed(from: &str, to: &str, port: u16) -> bool {
    sends(application(from), application(to), port) && accepts(application(from), application(to), port)
}

fn sends(from: &str, to: &str, port: u16) -> bool {
    let edge = match from {
        "ingress" => to == "productpage",
        "productpage" => matches!(to, "details" | "reviews"),
        "reviews" => to == "ratings",
        "details" | "ratings" | "sleep" | "shop" | "crawler" | "operator" => false,
        _ => return true,
    };
    (edge && port == SERVICE) || (to == "istiod" && port == 15012) || (to == "kube-dns" && port == DNS)
}

fn accepts(from: &str, to: &str, port: u16) -> bool {
    match to {
        "ingress" => [LISTENER, 8443, 15021].contains(&port),
        "productpage" => from == "ingress" && port == SERVICE,
        "details" | "reviews" => from == "productpage" && port == SERVICE,
        "ratings" => from == "reviews" && port == SERVICE,
        "sleep" | "shop" | "crawler" | "operator" => false,
        _ => true,
    }
}

/// Returns the bootstrap of the gateway: a public listener with the policy of the example.
pub fn bootstrap(upstream: SocketAddr) -> Result<Value> {
    let policy = std::fs::read_to_string(root().join("examples/bookinfo/policy.yaml"))?;
    let policy = yaml::values("policy.yaml", &policy)?;
    let filter = wasm("ringfence", &policy.first().context("no policy")?.to_string())?;
    let address =
        |address: &str, port: u16| json!({"socket_address": {"address": address, "port_value": port}});
    let manager = json!({
        "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "ingress",
        "http_filters": [filter, {
            "name": "envoy.filters.http.router",
            "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"},
        }],
        "route_config": {"virtual_hosts": [{
            "name": "all",
            "domains": ["*"],
            "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "productpage"}}],
        }]},
    });
    let endpoint = address(&upstream.ip().to_string(), upstream.port());
    Ok(json!({
        "admin": {"address": address("127.0.0.1", 0)},
        "static_resources": {
            "listeners": [{
                "name": "ingress",
                "address": address("0.0.0.0", LISTENER),
                "filter_chains": [{"filters": [{
                    "name": "envoy.filters.network.http_connection_manager",
                    "typed_config": manager,
                }]}],
            }],
            "clusters": [{
                "name": "productpage",
                "load_assignment": {
                    "cluster_name": "productpage",
                    "endpoints": [{"lb_endpoints": [{"endpoint": {"address": endpoint}}]}],
                },
            }],
        },
    }))
}
