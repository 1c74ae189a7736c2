//! Programs that Python's package index carries.

use crate::run::{on_path, run_aside, say};
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::Command;

/// The virtual environment `target/<name>` with this package; made where it is not there.
pub(crate) fn environment(name: &str, package: &str) -> Result<PathBuf> {
    let folder = e2e::root().join("target").join(name);
    let complete = folder.join("complete");
    if complete.is_file() {
        return Ok(folder);
    }
    let Some(python) = on_path("python3") else {
        bail!(
            "python3 is missing, which fetches {package}: install it (Debian: apt-get install python3 python3-venv)"
        );
    };
    say(&format!("fetching {package} into {}", folder.display()));
    run_aside(Command::new(python).args(["-m", "venv", "--clear"]).arg(&folder)).context(
        "python3 cannot make a virtual environment: install its venv (Debian: apt-get install python3-venv)",
    )?;
    run_aside(Command::new(folder.join("bin/pip")).args([
        "install",
        "--quiet",
        "--disable-pip-version-check",
        package,
    ]))
    .with_context(|| {
        format!("cannot fetch {package}: is there a network? A mirror is set by PIP_INDEX_URL")
    })?;
    std::fs::write(complete, package)?;
    Ok(folder)
}
