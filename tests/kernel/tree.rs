//! The policies of network-policies/ in the overlay `istio-sidecar-ingressgateway`, and the
//! allowed connections.

use crate::manifests::{self, Policy};
use anyhow::Result;
use testkit::workspace::root;

/// The folders and their namespaces.
const PARTS: [(&str, &str); 5] = [
    ("base", "default"),
    ("mesh/istio-sidecar", "default"),
    ("gateways/istio-ingressgateway/backends", "default"),
    ("gateways/istio-ingressgateway/gateway", "istio-system"),
    ("control-plane/istiod", "istio-system"),
];

/// The pods in the namespace of the applications.
const APPLICATIONS: [&str; 10] = [
    "productpage",
    "details",
    "reviews-v1",
    "reviews-v2",
    "reviews-v3",
    "ratings",
    "sleep",
    "shop",
    "crawler",
    "operator",
];

/// Reads the policies.
pub fn policies() -> Result<Vec<Policy>> {
    let mut policies = Vec::new();
    for (folder, namespace) in PARTS {
        policies.extend(manifests::read(&root().join("network-policies").join(folder), namespace)?);
    }
    Ok(policies)
}

/// Returns true if the policies must allow this connection at both ends.
pub fn allowed(from: &str, to: &str, port: u16) -> bool {
    sends(from, to, port) && accepts(from, to, port)
}

fn sends(from: &str, to: &str, port: u16) -> bool {
    let dns = to == "kube-dns" && port == 53;
    let mesh = dns || (to == "istiod" && port == 15012);
    let api = to == "api" && [443, 6443].contains(&port);
    match from {
        "ingress" => mesh || (to == "shop" && port == 8080),
        "crawler" => mesh || (to == "internet" && port == 443),
        "operator" => mesh || api,
        "istiod" => dns || api,
        from if APPLICATIONS.contains(&from) => mesh,
        _ => true,
    }
}

fn accepts(from: &str, to: &str, port: u16) -> bool {
    let metrics = from == "prometheus" && [15020, 15090].contains(&port);
    match to {
        "ingress" => metrics || [8080, 8443, 15021].contains(&port),
        "shop" => metrics || (from == "ingress" && port == 8080),
        "istiod" => {
            let in_mesh = from == "ingress" || APPLICATIONS.contains(&from);
            (in_mesh && port == 15012) || (from == "prometheus" && port == 15014)
        }
        to if APPLICATIONS.contains(&to) => metrics,
        _ => true,
    }
}
