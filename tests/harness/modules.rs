//! The modules.

use crate::root;
use anyhow::{Result, bail};
use std::path::PathBuf;

/// The file of a filter's module.
///
/// # Errors
/// Where it was not built.
pub fn module(filter: &str) -> Result<PathBuf> {
    let file = root().join("dist").join(format!("{}.wasm", filter.replace('-', "_")));
    if !file.is_file() {
        bail!("{} is not there: run `cargo xtask build`", file.display());
    }
    Ok(file)
}
