//! Targets and components of the Rust toolchain, added if they are missing.
//!
//! rustup adds those of `rust-toolchain.toml` when it installs the toolchain, but not to a toolchain that is there already.

use crate::run::say;
use anyhow::{Result, bail};
use std::process::Command;
use testkit::process::{output, run};
use testkit::workspace::{cargo, on_path, root};

/// The target of the modules.
pub(crate) const MODULES: &str = "wasm32-wasip1";
/// The target of the unit tests that run in WebAssembly.
pub(crate) const ENGINE: &str = "wasm32-unknown-unknown";

/// Adds the standard library of a target if it is missing.
pub(crate) fn ensure_target(target: &str) -> Result<()> {
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.args(["--print", "target-libdir", "--target", target]).current_dir(root());
    let libraries = output(&mut rustc)?;
    let is_core = |file: std::fs::DirEntry| file.file_name().to_string_lossy().starts_with("libcore-");
    if std::fs::read_dir(libraries.trim()).is_ok_and(|files| files.flatten().any(is_core)) {
        return Ok(());
    }
    add("target", target, &format!("install its standard library into {}", libraries.trim()))
}

/// Adds a component if its Cargo command is missing.
pub(crate) fn ensure_component(component: &str, command: &str) -> Result<()> {
    if run(&mut cargo(&format!("{command} --version"))).is_ok() {
        return Ok(());
    }
    let otherwise = format!("install `cargo {command}` of the release in rust-toolchain.toml");
    add("component", component, &otherwise)
}

/// Runs `rustup target add NAME` or `rustup component add NAME` for the toolchain of this workspace.
fn add(kind: &str, name: &str, otherwise: &str) -> Result<()> {
    let Some(rustup) = on_path("rustup") else {
        bail!(
            "the Rust {kind} {name} is missing; install rustup (https://rustup.rs), which adds it, or {otherwise}"
        );
    };
    say(&format!("the Rust {kind} {name} is missing: running `rustup {kind} add {name}`"));
    run(Command::new(rustup).args(["--quiet", kind, "add", name]).current_dir(root()))
}
