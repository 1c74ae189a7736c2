//! The pods, and the hosts outside the cluster.

use crate::place::Place;
use std::net::Ipv4Addr;

/// The metadata service of clouds, which issues credentials of the node.
pub const METADATA: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);
/// The Kubernetes API, with the address in network-policies/parameters.
pub const API: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
/// A server on the internet.
pub const INTERNET: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 7);
/// A server outside the cluster, with a private address.
pub const OFFICE: Ipv4Addr = Ipv4Addr::new(192, 168, 7, 7);

/// The hosts outside the cluster.
pub const OUTSIDE: [(&str, Ipv4Addr); 4] =
    [("metadata", METADATA), ("api", API), ("internet", INTERNET), ("office", OFFICE)];

/// The label of pods in the mesh.
const IN_MESH: &str = "service.istio.io/canonical-name";

/// Returns the pods, and as the last one the hosts outside the cluster.
pub fn places() -> Vec<Place> {
    let app = |number, name, app, version| {
        Place::new(number, name, "default", &[("app", app), ("version", version), (IN_MESH, app)])
    };
    let labelled =
        |number, name, key, value| Place::new(number, name, "default", &[(key, value), (IN_MESH, name)]);
    vec![
        Place::new(1, "ingress", "istio-system", &[("istio", "ingressgateway"), (IN_MESH, "ingress")]),
        app(2, "productpage", "productpage", "v1"),
        app(3, "details", "details", "v1"),
        app(4, "reviews-v1", "reviews", "v1"),
        app(5, "reviews-v2", "reviews", "v2"),
        app(6, "reviews-v3", "reviews", "v3"),
        app(7, "ratings", "ratings", "v1"),
        // Pods that are not part of Bookinfo, in its namespace and in others.
        app(8, "sleep", "sleep", "v1"),
        labelled(9, "shop", "ringfence.dev/exposed", "true"),
        labelled(10, "crawler", "ringfence.dev/egress", "internet"),
        labelled(11, "operator", "ringfence.dev/kubernetes-api", "true"),
        Place::new(12, "stranger", "other", &[("app", "productpage"), ("ringfence.dev/egress", "internet")]),
        Place::new(13, "prometheus", "monitoring", &[("app", "prometheus")]),
        Place::new(14, "istiod", "istio-system", &[("app", "istiod")]),
        Place::new(15, "kube-dns", "kube-system", &[("k8s-app", "kube-dns")]),
        Place::new(16, "outside", "", &[]),
    ]
}
