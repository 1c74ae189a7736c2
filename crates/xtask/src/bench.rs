//! The benchmarks.

use crate::build;
use crate::run::{run, say};
use crate::trim::trim;
use anyhow::Result;
use clap::Args;
use modules::Module;
use testkit::envoy;
use testkit::workspace::{cargo, target};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// See `cargo xtask bench -- --help`
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// Builds the modules and the benchmarks, and runs them.
pub(crate) fn all(options: &Options) -> Result<()> {
    envoy::ensure()?;
    build::all()?;
    let folder = target().join("bench");
    std::fs::create_dir_all(&folder)?;
    say("building the empty module");
    let empty = build::compile("empty")?;
    std::fs::write(folder.join("empty.wasm"), &empty)?;
    std::fs::write(folder.join("floor.wasm"), trim(&empty, &Module::PathPolicy.callbacks())?)?;
    say("building and running the benchmarks; keep the machine idle");
    run(cargo("run --locked --release --package benches --").args(&options.arguments))
}
