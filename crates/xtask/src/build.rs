//! The modules.

use crate::run::{replace_file, say};
use crate::toolchain;
use crate::trim::trim;
use anyhow::{Context, Result, ensure};
use modules::Module;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use testkit::workspace::{build, cargo, root};

/// Returns the size limit of a module in bytes.
fn max_size(module: Module) -> usize {
    if module.validates_tokens() { 1_200_000 } else { 700_000 }
}

/// Builds every module into `dist/`. Each has a build of its own: in a joint build every module would get the Cargo features of
/// all of them.
pub(crate) fn all() -> Result<()> {
    toolchain::ensure_target(toolchain::MODULES)?;
    let mut sums = String::new();
    for (index, module) in Module::ALL.into_iter().enumerate() {
        let (name, file, max_size) = (module.name(), module.file(), max_size(module));
        say(&format!("building {name} ({} of {})", index + 1, Module::ALL.len()));
        let wasm = trim(&compile(name)?, &module.callbacks()).with_context(|| format!("in {name}"))?;
        ensure!(wasm.len() <= max_size, "{name} has {} bytes; the limit is {max_size}", wasm.len());
        replace_file(&root().join("dist").join(&file), &wasm)?;
        eprintln!("    dist/{file}  {} KB", wasm.len().div_ceil(1000));
        let _ = writeln!(sums, "{}  {file}", hex(&wasm));
    }
    replace_file(&root().join("dist/SHA256SUMS"), sums.as_bytes())
}

/// Compiles the package `NAME-module`, and returns the module as the compiler writes it.
pub(crate) fn compile(name: &str) -> Result<Vec<u8>> {
    let mut command = cargo("build --locked --profile wasm --target");
    command.args([toolchain::MODULES, "--package", &format!("{name}-module")]);
    command.env("CARGO_TARGET_WASM32_WASIP1_RUSTFLAGS", remap_flags());
    let file = build(&mut command)?;
    std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))
}

/// Returns compiler flags that keep the folders of this machine out of the modules, so that builds are reproducible.
fn remap_flags() -> String {
    let home =
        std::env::var("CARGO_HOME").or_else(|_| std::env::var("HOME").map(|home| format!("{home}/.cargo")));
    let cargo = home.map(|home| format!("--remap-path-prefix={home}=/cargo ")).unwrap_or_default();
    format!("{cargo}--remap-path-prefix={}=/ringfence", root().display())
}

/// Returns the SHA-256 digest in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
