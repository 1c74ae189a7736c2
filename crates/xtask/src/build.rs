//! The modules.

use crate::run::{cargo, run, say};
use crate::trim::trim;
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::path::Path;

/// The most that a module may weigh, in bytes; with what checks signatures it may be more.
const MAX_SIZE: usize = 700_000;
const MAX_SIZE_WITH_SIGNATURES: usize = 1_200_000;

/// The modules, with the callbacks that they act on besides those of every module, and the most that they may weigh.
pub(crate) const MODULES: [(&str, &[&str], usize); 5] = [
    ("vhost-policy", &["proxy_on_request_headers"], MAX_SIZE),
    ("path-policy", &["proxy_on_request_headers"], MAX_SIZE),
    (
        "token-validation",
        &["proxy_on_request_headers", "proxy_on_http_call_response"],
        MAX_SIZE_WITH_SIGNATURES,
    ),
    ("header-policy", &["proxy_on_request_headers", "proxy_on_response_headers"], MAX_SIZE),
    (
        "ringfence",
        &["proxy_on_request_headers", "proxy_on_response_headers", "proxy_on_http_call_response"],
        MAX_SIZE_WITH_SIGNATURES,
    ),
];

/// Builds every module into `dist/`, each by itself: one build for several would give each the features of all.
pub(crate) fn all() -> Result<()> {
    let dist = testkit::workspace::root().join("dist");
    std::fs::create_dir_all(&dist)?;
    let mut sums = String::new();
    for (name, callbacks, max_size) in MODULES {
        let wasm = trim(&compile(name)?, callbacks).with_context(|| format!("in {name}"))?;
        if wasm.len() > max_size {
            bail!("{name} has {} bytes; {max_size} are the limit", wasm.len());
        }
        let file = format!("{}.wasm", name.replace('-', "_"));
        write_whole(&dist.join(&file), &wasm)?;
        eprintln!("    dist/{file}  {} KB", wasm.len().div_ceil(1000));
        let digest = Sha256::digest(&wasm).iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        let _ = writeln!(sums, "{digest}  {file}");
    }
    write_whole(&dist.join("SHA256SUMS"), sums.as_bytes())
}

/// Puts the file in place at once: an Envoy that watches it never reads half of it.
fn write_whole(file: &Path, bytes: &[u8]) -> Result<()> {
    let partial = file.with_extension("partial");
    std::fs::write(&partial, bytes)?;
    std::fs::rename(&partial, file).with_context(|| format!("cannot write {}", file.display()))
}

/// The module of a package `<name>-module`, as it comes from the compiler.
pub(crate) fn compile(name: &str) -> Result<Vec<u8>> {
    say(&format!("building {name}"));
    let package = format!("{name}-module");
    let mut command = cargo(&[
        "build",
        "--locked",
        "--quiet",
        "--profile",
        "wasm",
        "--target",
        "wasm32-wasip1",
        "--package",
        &package,
    ]);
    command.env("CARGO_TARGET_WASM32_WASIP1_RUSTFLAGS", remapped());
    run(&mut command).context("the target is added by `rustup target add wasm32-wasip1`")?;
    let file =
        testkit::workspace::root().join(format!("target/wasm32-wasip1/wasm/{}.wasm", name.replace('-', "_")));
    std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))
}

/// Flags that keep the folders of this machine out of the modules: the same source gives the same bytes anywhere.
fn remapped() -> String {
    let home =
        std::env::var("CARGO_HOME").or_else(|_| std::env::var("HOME").map(|home| format!("{home}/.cargo")));
    let cargo = home.map(|home| format!("--remap-path-prefix={home}=/cargo ")).unwrap_or_default();
    format!("{cargo}--remap-path-prefix={}=/ringfence", testkit::workspace::root().display())
}
