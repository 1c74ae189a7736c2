//! Reading the files of the client.

use anyhow::{Context, Result};
use serde::de::DeserializeOwned;
use std::path::Path;

/// Reads a file with one YAML document.
pub(super) fn read<T: DeserializeOwned>(file: &Path) -> Result<T> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    parse(&text).with_context(|| file.display().to_string())
}

pub(super) fn parse<T: DeserializeOwned>(text: &str) -> Result<T> {
    let document = yaml::values("the file", text)?.into_iter().next().context("it is empty")?;
    Ok(serde_json::from_value(document)?)
}
