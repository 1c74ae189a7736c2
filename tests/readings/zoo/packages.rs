//! The programs of the servers, and the packages of the lock files, which are installed below the target folder.

use super::description::{Kind, folder};
use crate::servers::program;
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use testkit::process::run;
use testkit::python::{create, fetched, pip};
use testkit::workspace::on_path;

/// The packages of each lock file, installed by the first server that needs them; `None` if that fails.
static PYTHON: LazyLock<Option<PathBuf>> = LazyLock::new(|| reported(python()));
static NODE: LazyLock<Option<PathBuf>> = LazyLock::new(|| reported(node()));

impl Kind {
    /// Returns true if everything that it needs is installed.
    pub fn is_installed(&self) -> Result<bool> {
        Ok(self.tools()?.is_some())
    }

    /// Returns the texts that name its tools; `None` if one of them is not installed.
    pub fn tools(&self) -> Result<Option<Vec<(String, String)>>> {
        let mut texts = Vec::new();
        for need in &self.needs {
            let folder = match need.as_str() {
                "python" => PYTHON.clone().map(|folder| ("bin", folder)),
                "node" => NODE.clone().map(|folder| ("modules", folder)),
                other => find(other).map(|file| (other, file)),
            };
            let Some((name, folder)) = folder else { return Ok(None) };
            texts.push((name.to_owned(), folder.display().to_string()));
        }
        Ok(self.exists.iter().all(|file| file.exists()).then_some(texts))
    }
}

/// Prints an error.
fn reported<T>(result: Result<T>) -> Option<T> {
    result.inspect_err(|error| eprintln!("{error:#}")).ok()
}

/// Returns a program, also one whose name ends with a version, such as `php-fpm8.2`.
pub fn find(name: &str) -> Option<PathBuf> {
    program(name).or_else(|| {
        let named = |file: &std::fs::DirEntry| {
            let file = file.file_name().to_string_lossy().into_owned();
            file.strip_prefix(name)
                .is_some_and(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit()))
        };
        let mut files = std::fs::read_dir("/usr/sbin").ok()?.flatten().filter(named);
        files.next().map(|file| file.path())
    })
}

/// Returns the folder with the programs of Python and its packages.
fn python() -> Result<PathBuf> {
    let lock = folder().join("requirements.txt");
    let environment = locked("zoo-python", &lock, |environment| {
        create(environment)?;
        pip(environment, &["install", "--require-hashes", "--requirement", &lock.display().to_string()])
    })?;
    Ok(environment.join("bin"))
}

/// Returns the folder `node_modules`.
fn node() -> Result<PathBuf> {
    let lock = folder().join("package-lock.json");
    let prefix = locked("zoo-node", &lock, |prefix| {
        for name in ["package.json", "package-lock.json"] {
            std::fs::copy(folder().join(name), prefix.join(name))?;
        }
        let npm = on_path("npm").context("npm is missing")?;
        let mut command = Command::new(npm);
        run(command.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]).arg(prefix))
    })?;
    Ok(prefix.join("node_modules"))
}

/// Returns a folder whose name has the digest of the lock file, and fills it if it is missing or incomplete.
fn locked(name: &str, lock: &Path, fill: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let digest = Sha256::digest(std::fs::read(lock)?);
    let version: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    fetched(name, &format!("{name}=={version}"), fill)
}
