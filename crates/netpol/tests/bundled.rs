//! The manifests of examples/bookinfo are what its graph generates, byte for byte.

use netpol::generate::{Manifest, manifests};
use std::path::Path;

/// With this in the environment the files are written anew.
const UPDATE: &str = "RINGFENCE_UPDATE";

#[test]
fn bookinfo_is_what_its_graph_generates() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/bookinfo");
    let folder = example.join("network-policies");
    let graph = std::fs::read_to_string(example.join("graph.yaml")).unwrap();
    let generated = manifests(&graph).unwrap();
    if std::env::var_os(UPDATE).is_some() {
        for Manifest { file, text } in &generated {
            std::fs::write(folder.join(file), text).unwrap();
        }
    }
    let mut bundled: Vec<Manifest> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let file = path.file_name().unwrap().to_string_lossy().into_owned();
            Manifest { file, text: std::fs::read_to_string(path).unwrap() }
        })
        .collect();
    bundled.sort_by(|one, other| one.file.cmp(&other.file));
    let mut sorted = generated.clone();
    sorted.sort_by(|one, other| one.file.cmp(&other.file));
    assert_eq!(bundled, sorted, "run the test again with {UPDATE}=1, and look at what changed");
    let kustomization = std::fs::read_to_string(example.join("kustomization.yaml")).unwrap();
    let listed: Vec<&str> =
        kustomization.lines().filter_map(|line| line.strip_prefix("  - network-policies/")).collect();
    assert_eq!(listed, generated.iter().map(|manifest| manifest.file.as_str()).collect::<Vec<_>>());
}
