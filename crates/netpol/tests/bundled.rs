//! The manifests of the examples are generated from their graphs, byte for byte.
#![allow(clippy::unwrap_used, reason = "tests")]

use netpol::generate::{manifests, read as read_graph};
use std::collections::BTreeMap;
use std::path::Path;

/// If this variable is set, the test writes the files.
const UPDATE: &str = "RINGFENCE_UPDATE";

/// `listing` is the kustomization that lists the files, each as `prefix` and its name; `own` are files that are not generated.
fn check(example: &str, listing: &str, prefix: &str, own: &[&str]) {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(example);
    let folder = example.join("network-policies");
    let graph = std::fs::read_to_string(example.join("graph.yaml")).unwrap();
    let generated = manifests(&read_graph("graph.yaml", &graph).unwrap());
    let order: Vec<String> = generated.iter().map(|manifest| manifest.file.clone()).collect();
    let generated: BTreeMap<String, String> =
        generated.into_iter().map(|manifest| (manifest.file, manifest.text)).collect();
    if std::env::var_os(UPDATE).is_some() {
        for (file, text) in &generated {
            std::fs::write(folder.join(file), text).unwrap();
        }
    }
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        (file, std::fs::read_to_string(path).unwrap())
    };
    let mut bundled: BTreeMap<String, String> = std::fs::read_dir(&folder).unwrap().map(read).collect();
    bundled.retain(|file, _| !own.contains(&file.as_str()));
    assert_eq!(bundled, generated, "run the test again with {UPDATE}=1, and look at what changed");
    let kustomization = std::fs::read_to_string(example.join(listing)).unwrap();
    let entry = format!("  - {prefix}");
    let listed = kustomization.lines().filter_map(|line| line.strip_prefix(&entry));
    let listed: Vec<&str> = listed.filter(|file| generated.contains_key(*file)).collect();
    assert_eq!(listed, order);
}

#[test]
fn bookinfo_is_generated_from_its_graph() {
    check("bookinfo", "kustomization.yaml", "network-policies/", &[]);
}

#[test]
fn istio_ingress_is_generated_from_its_graph() {
    check("istio-ingress", "network-policies/kustomization.yaml", "", &["kustomization.yaml"]);
}

#[test]
fn envoy_gateway_is_generated_from_its_graph() {
    let own = ["kustomization.yaml", "control-plane.yaml"];
    check("envoy-gateway", "network-policies/kustomization.yaml", "", &own);
}
