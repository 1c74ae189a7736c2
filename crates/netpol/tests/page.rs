//! docs/service-graph.md lists every field and every problem, and its graph is valid.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]

use netpol::generate::{self, GraphCode};
use std::path::Path;

fn read(file: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

/// Returns the text below a heading.
fn section<'p>(page: &'p str, heading: &str) -> &'p str {
    let behind = page.split_once(&format!("\n## {heading}\n")).unwrap().1;
    behind.split("\n## ").next().unwrap()
}

#[test]
fn the_graph_of_the_page_is_valid() {
    let page = read("../../docs/service-graph.md");
    let graph = page.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let files: Vec<String> = generate::manifests(&generate::read("graph.yaml", graph).unwrap())
        .into_iter()
        .map(|manifest| manifest.file)
        .collect();
    assert_eq!(
        files,
        [
            "00-default-deny.yaml",
            "10-dns.yaml",
            "20-mesh.yaml",
            "30-ingress.yaml",
            "40-storefront.yaml",
            "40-cart.yaml",
            "40-prices.yaml",
            "40-nightly-report.yaml"
        ]
    );
}

/// A graph with an unknown field in each object: the help of each problem lists the known fields.
#[test]
fn the_page_lists_every_field() {
    let page = read("../../docs/service-graph.md");
    let graph = "apiVersion: ringfence.dev/v1alpha1
kind: ServiceGraph
metadata: {name: a}
spec:
  zzzz: 1
  mesh: {zzzz: 1}
  dns: {zzzz: 1}
  monitoring: {zzzz: 1}
  gateways: [{zzzz: 1}]
  services: [{zzzz: 1}]
  external: [{zzzz: 1}]
";
    let headings = ["spec", "mesh", "dns", "monitoring", "gateways", "services", "external"];
    let problems = generate::read("graph.yaml", graph).unwrap_err();
    let unknown: Vec<_> = problems.iter().filter(|problem| problem.code == "unknown_field").collect();
    assert_eq!(unknown.len(), headings.len());
    for (problem, heading) in unknown.into_iter().zip(headings) {
        let fields = problem.help.strip_prefix("use one of ").unwrap();
        for field in fields.split(", ") {
            assert!(section(&page, heading).contains(&format!("| {field} |")), "{heading}: {field}");
        }
    }
}

#[test]
fn the_page_lists_every_problem() {
    let page = read("../../docs/service-graph.md");
    let of_reading = [
        "syntax",
        "invalid_document",
        "unknown_field",
        "duplicate_field",
        "wrong_type",
        "unknown_value",
        "invalid_label",
    ];
    for code in GraphCode::ALL.iter().map(|code| code.name()).chain(of_reading) {
        assert!(section(&page, "Problems").contains(&format!("`{code}`")), "{code}");
    }
}
