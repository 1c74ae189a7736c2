//! The benchmarks: what they need is built here, and they run by themselves.

use crate::run::{cargo, run, say};
use crate::trim::trim;
use crate::{build, envoy};
use anyhow::Result;
use clap::Args;

/// What is handed to the benchmarks.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// See `cargo xtask bench -- --help`.
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// Builds and runs them.
pub(crate) fn all(options: &Options) -> Result<()> {
    envoy::ensure()?;
    build::all()?;
    let folder = testkit::workspace::root().join("target/bench");
    std::fs::create_dir_all(&folder)?;
    let empty = build::compile("empty")?;
    std::fs::write(folder.join("empty.wasm"), &empty)?;
    std::fs::write(folder.join("floor.wasm"), trim(&empty, &["proxy_on_request_headers"])?)?;
    say("running the benchmarks, which takes some minutes: leave the machine alone");
    run(cargo(&["run", "--locked", "--quiet", "--release", "--package", "benches", "--"])
        .args(&options.arguments))
}
