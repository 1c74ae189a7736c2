//! Bookinfo: its pods, its gateway, and who may connect to whom, written down by hand.

use crate::node::Place;
use anyhow::{Context, Result};
use cases::yaml;
use e2e::bootstrap::wasm;
use e2e::root;
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};

/// The port of DNS.
pub const DNS: u16 = 53;
/// The port of the gateway's listener.
pub const LISTENER: u16 = 8080;
/// The port of each service.
pub const SERVICE: u16 = 9080;

/// Where clouds give out the credentials of a node.
pub const METADATA: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);
/// The Kubernetes API.
pub const API: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 6);

/// Every pod listens on these, so that what cannot be reached is closed by a policy. They are the ports of the
/// application, of the gateway, of istiod and of the proxies.
pub const PORTS: [u16; 16] = [
    DNS, 80, 443, 6443, LISTENER, 8443, SERVICE, 15000, 15004, 15010, 15012, 15014, 15017, 15020, 15021,
    15090,
];

/// The pods, and last what is outside the cluster.
pub fn places() -> Vec<Place> {
    let app = |number, name, app, version| {
        Place::new(number, name, "default", &[("app", app), ("version", version)])
    };
    vec![
        Place::new(1, "ingress", "istio-system", &[("istio", "ingressgateway")]),
        app(2, "productpage", "productpage", "v1"),
        app(3, "details", "details", "v1"),
        app(4, "reviews-v1", "reviews", "v1"),
        app(5, "reviews-v2", "reviews", "v2"),
        app(6, "reviews-v3", "reviews", "v3"),
        app(7, "ratings", "ratings", "v1"),
        // Not of the graph: one in the namespace of the application, and one in another.
        app(8, "sleep", "sleep", "v1"),
        Place::new(9, "stranger", "other", &[("app", "productpage")]),
        Place::new(10, "istiod", "istio-system", &[("app", "istiod")]),
        Place::new(11, "kube-dns", "kube-system", &[("k8s-app", "kube-dns")]),
        Place::new(12, "outside", "", &[]),
    ]
}

/// The application of a pod: versions of one are alike.
fn application(name: &str) -> &str {
    if name.starts_with("reviews") { "reviews" } else { name }
}

/// Whether the graph and what the mesh needs let this connection through, at both of its ends.
pub fn allowed(from: &str, to: &str, port: u16) -> bool {
    sends(application(from), application(to), port) && accepts(application(from), application(to), port)
}

fn sends(from: &str, to: &str, port: u16) -> bool {
    let edge = match from {
        "ingress" => to == "productpage",
        "productpage" => matches!(to, "details" | "reviews"),
        "reviews" => to == "ratings",
        "details" | "ratings" | "sleep" => false,
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
        "sleep" => false,
        _ => true,
    }
}

/// The gateway's Envoy: the listener that anybody reaches, with the policy of the example.
pub fn bootstrap(upstream: SocketAddr) -> Result<Value> {
    let policy = std::fs::read_to_string(root().join("examples/bookinfo/policy.yaml"))?;
    let policy = yaml::documents(&policy).map_err(anyhow::Error::msg)?;
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
