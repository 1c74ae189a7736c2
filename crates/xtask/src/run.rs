//! Running programs whose output the user sees.

use anyhow::{Context, Result, ensure};
use std::path::Path;
use std::process::{Command, Stdio};
use testkit::process::shown;

/// Prints the next step to standard error.
pub(crate) fn say(step: &str) {
    eprintln!("==> {step}");
}

/// Runs a program with its output visible.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("cannot run `{shown}`"))?;
    ensure!(status.success(), "`{shown}` failed");
    Ok(())
}

/// Replaces a file at once: an Envoy that watches it never reads a partial file.
pub(crate) fn replace_file(file: &Path, bytes: &[u8]) -> Result<()> {
    let partial = file.with_extension("partial");
    std::fs::create_dir_all(file.parent().context("the file has no folder")?)?;
    std::fs::write(&partial, bytes)?;
    std::fs::rename(&partial, file).with_context(|| format!("cannot write {}", file.display()))
}
