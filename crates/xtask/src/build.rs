//! The modules.

use crate::run::{replace_file, say};
use crate::toolchain;
use crate::trim::trim;
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use testkit::workspace::{build, cargo, root};

/// A module of the project.
#[derive(Debug)]
pub struct Module {
    /// The name, such as `path-policy`.
    pub name: &'static str,
    /// The callbacks that it implements, beyond those of every module.
    callbacks: &'static [&'static str],
    /// The size limit in bytes.
    max_size: usize,
}

const MAX_SIZE: usize = 700_000;
const MAX_SIZE_WITH_SIGNATURES: usize = 1_200_000;

/// The modules.
pub const MODULES: [Module; 5] = [
    Module { name: "vhost-policy", callbacks: &["proxy_on_request_headers"], max_size: MAX_SIZE },
    Module { name: "path-policy", callbacks: &["proxy_on_request_headers"], max_size: MAX_SIZE },
    Module {
        name: "token-validation",
        callbacks: &["proxy_on_request_headers", "proxy_on_http_call_response"],
        max_size: MAX_SIZE_WITH_SIGNATURES,
    },
    Module {
        name: "header-policy",
        callbacks: &["proxy_on_request_headers", "proxy_on_response_headers"],
        max_size: MAX_SIZE,
    },
    Module {
        name: "ringfence",
        callbacks: &["proxy_on_request_headers", "proxy_on_response_headers", "proxy_on_http_call_response"],
        max_size: MAX_SIZE_WITH_SIGNATURES,
    },
];

/// Builds every module into `dist/`. Each has a build of its own: in a joint build every module would get the Cargo features of
/// all of them.
pub(crate) fn all() -> Result<()> {
    let mut sums = String::new();
    for (index, Module { name, callbacks, max_size }) in MODULES.iter().enumerate() {
        say(&format!("building {name} ({} of {})", index + 1, MODULES.len()));
        let wasm = trim(&compile(name)?, callbacks).with_context(|| format!("in {name}"))?;
        if wasm.len() > *max_size {
            bail!("{name} has {} bytes; the limit is {max_size}", wasm.len());
        }
        let file = format!("{}.wasm", name.replace('-', "_"));
        replace_file(&root().join("dist").join(&file), &wasm, false)?;
        eprintln!("    dist/{file}  {} KB", wasm.len().div_ceil(1000));
        let _ = writeln!(sums, "{}  {file}", hex(&wasm));
    }
    replace_file(&root().join("dist/SHA256SUMS"), sums.as_bytes(), false)
}

/// Compiles the package `NAME-module`, and returns the module as the compiler writes it.
pub(crate) fn compile(name: &str) -> Result<Vec<u8>> {
    let package = format!("{name}-module");
    let mut command = cargo(&[
        "build",
        "--locked",
        "--profile",
        "wasm",
        "--target",
        toolchain::MODULES,
        "--package",
        &package,
    ]);
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
