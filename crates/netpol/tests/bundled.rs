//! The manifests of examples/bookinfo are what its graph generates, byte for byte.

use netpol::generate::manifests;
use std::collections::BTreeMap;
use std::path::Path;

/// With this in the environment the files are written anew.
const UPDATE: &str = "RINGFENCE_UPDATE";

#[test]
fn bookinfo_is_what_its_graph_generates() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/bookinfo");
    let folder = example.join("network-policies");
    let graph = std::fs::read_to_string(example.join("graph.yaml")).unwrap();
    let generated = manifests(&graph).unwrap();
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
    let bundled: BTreeMap<String, String> = std::fs::read_dir(&folder).unwrap().map(read).collect();
    assert_eq!(bundled, generated, "run the test again with {UPDATE}=1, and look at what changed");
    let kustomization = std::fs::read_to_string(example.join("kustomization.yaml")).unwrap();
    let listed: Vec<&str> =
        kustomization.lines().filter_map(|line| line.strip_prefix("  - network-policies/")).collect();
    assert_eq!(listed, order);
}
