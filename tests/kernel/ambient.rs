//! Generated policies for a graph in ambient mode, with monitoring and external addresses.

use crate::manifests::{self, Policy};
use anyhow::Result;

const GRAPH: &str = "
apiVersion: ringfence.dev/v1alpha1
kind: ServiceGraph
metadata: {name: ambient}
spec:
  mesh: {kind: istio-ambient}
  monitoring: {namespace: monitoring, selector: {app: prometheus}}
  gateways:
    - {name: ingress, namespace: istio-system, selector: {istio: ingressgateway}, ports: [8080]}
  services:
    - {name: productpage, selector: {app: productpage}, ports: [9080], from: [ingress]}
    - {name: details, selector: {app: details}, ports: [9080], from: [productpage]}
  external:
    - {name: internet, cidr: 198.51.100.0/24, ports: [443], from: [details]}
    - {name: offices, cidr: 192.168.0.0/16, except: [192.168.7.0/24], ports: [443], from: [details]}
";

/// Generates the policies.
pub fn policies() -> Result<Vec<Policy>> {
    let graph = netpol::generate::read("graph.yaml", GRAPH);
    let graph = graph.map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
    let mut policies = Vec::new();
    for manifest in netpol::generate::manifests(&graph) {
        policies.extend(manifests::parse(&manifest.file, &manifest.text, "")?);
    }
    Ok(policies)
}

/// Returns true if the policies must allow this connection at both ends.
pub fn allowed(from: &str, to: &str, port: u16) -> bool {
    sends(from, to, port) && accepts(from, to, port)
}

fn sends(from: &str, to: &str, port: u16) -> bool {
    let dns = to == "kube-dns" && port == 53;
    match from {
        "ingress" => dns || (to == "istiod" && port == 15012) || (to == "productpage" && port == 15008),
        "productpage" => dns || (to == "details" && port == 15008),
        "details" => dns || (to == "internet" && port == 443),
        "reviews-v1" | "reviews-v2" | "reviews-v3" | "ratings" | "sleep" | "shop" | "crawler"
        | "operator" => dns,
        _ => true,
    }
}

fn accepts(from: &str, to: &str, port: u16) -> bool {
    match to {
        "ingress" => {
            [8080, 15021].contains(&port) || (from == "prometheus" && [15020, 15090].contains(&port))
        }
        "productpage" => from == "ingress" && port == 15008,
        "details" => from == "productpage" && port == 15008,
        "reviews-v1" | "reviews-v2" | "reviews-v3" | "ratings" | "sleep" | "shop" | "crawler"
        | "operator" => false,
        _ => true,
    }
}
