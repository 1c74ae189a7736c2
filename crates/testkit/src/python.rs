//! Programs from the Python package index.

use crate::process::run;
use crate::workspace::{on_path, target};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Returns the virtual environment `NAME-VERSION` below the target folder, and creates it with `package` (`NAME==VERSION`, or a
/// name) if it does not exist.
pub fn environment(name: &str, package: &str) -> Result<PathBuf> {
    fetched(name, package, |folder| {
        create(folder)?;
        pip(folder, &["install", package])
    })
}

/// Returns the folder `NAME-VERSION` below the target folder, and runs `fetch` in it if it is missing or incomplete.
pub fn fetched(name: &str, package: &str, fetch: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let folder = target().join(match package.split_once("==") {
        Some((_, version)) => format!("{name}-{version}"),
        None => name.to_owned(),
    });
    let complete = folder.join("complete");
    if !complete.is_file() {
        eprintln!("==> downloading {package} into {}", folder.display());
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder)?;
        fetch(&folder).with_context(|| format!("cannot download {package}"))?;
        std::fs::write(complete, package)?;
    }
    Ok(folder)
}

/// Creates a virtual environment.
pub fn create(folder: &Path) -> Result<()> {
    const INSTALL: &str = "install python3 with venv (Debian: apt-get install python3 python3-venv)";
    let python = on_path("python3").with_context(|| format!("python3 is missing; {INSTALL}"))?;
    run(Command::new(python).args(["-m", "venv", "--clear"]).arg(folder))
        .with_context(|| format!("python3 cannot create a virtual environment; {INSTALL}"))
}

/// Runs pip of a virtual environment.
pub fn pip(environment: &Path, arguments: &[&str]) -> Result<()> {
    let mut pip = Command::new(environment.join("bin/pip"));
    run(pip.args(["--quiet", "--disable-pip-version-check"]).args(arguments))
        .context("pip failed; check the network, or set a mirror with PIP_INDEX_URL")
}
