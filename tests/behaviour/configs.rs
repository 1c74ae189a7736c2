//! The bootstraps of `envoy-configs`.

use testkit::envoy::validate;
use testkit::workspace::root;

#[test]
fn envoy_accepts_every_bootstrap() {
    let files: Vec<_> = std::fs::read_dir(root().join("envoy-configs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    assert!(files.len() >= 4, "{files:?}");
    for file in files {
        assert_eq!(validate(&file).unwrap(), None, "{}", file.display());
    }
}
