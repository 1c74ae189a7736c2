//! Folders and files of the workspace.

use crate::process::{output, shown};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Returns the root folder of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).map(PathBuf::from).unwrap_or_default()
}

/// Returns Cargo's target folder, with regard to `CARGO_TARGET_DIR` and `build.target-dir`.
///
/// # Panics
/// Panics if `cargo metadata` fails.
pub fn target() -> PathBuf {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
        let metadata = metadata().expect("`cargo metadata` succeeds");
        metadata["target_directory"].as_str().map(PathBuf::from).expect("it contains the target folder")
    });
    FOLDER.clone()
}

/// Returns the output of `cargo metadata` for the packages of the workspace.
pub fn metadata() -> Result<Value> {
    Ok(serde_json::from_str(&output(&mut cargo("metadata --no-deps --format-version 1"))?)?)
}

/// Returns the names of the packages of the workspace that depend on this one.
pub fn dependents(name: &str) -> Result<Vec<String>> {
    let metadata = metadata()?;
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let depends = |package: &Value| list(&package["dependencies"]).iter().any(|other| other["name"] == name);
    let packages = list(&metadata["packages"]).into_iter().filter(depends);
    Ok(packages.filter_map(|package| package["name"].as_str().map(str::to_owned)).collect())
}

/// Returns a `cargo` command with these arguments, separated by spaces, that runs in the root folder of the workspace.
pub fn cargo(arguments: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments.split(' ')).current_dir(root());
    command
}

/// Runs a `cargo build` command, and returns the file it builds. Cargo prints its progress to standard error.
pub fn build(command: &mut Command) -> Result<PathBuf> {
    let shown = shown(command);
    command.args(["--message-format", "json-render-diagnostics"]).stderr(Stdio::inherit());
    let output = command.output().with_context(|| format!("cannot run `{shown}`"))?;
    ensure!(output.status.success(), "`{shown}` failed");
    // Cargo reports the requested package after its dependencies.
    let messages = String::from_utf8_lossy(&output.stdout).into_owned();
    let file = messages.lines().rev().find_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        Some(message["filenames"][0].as_str()?.into())
    });
    file.with_context(|| format!("`{shown}` built no file"))
}

/// Creates a folder for the files of one run, below the target folder.
pub fn run_folder(name: &str) -> Result<PathBuf> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let folder = target().join(format!("e2e/{name}-{}-{number}", std::process::id()));
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    Ok(folder)
}

/// Returns the file of a filter's module.
pub fn module(filter: &str) -> Result<PathBuf> {
    let file = root().join("dist").join(format!("{}.wasm", filter.replace('-', "_")));
    ensure!(file.is_file(), "{} does not exist; run `cargo xtask build`", file.display());
    Ok(file)
}

/// Returns the path of a program on the `PATH`.
pub fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}
