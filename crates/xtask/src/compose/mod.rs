//! The harness of examples/docker-compose, with what it needs.

mod engine;
mod image;

use crate::build;
use crate::run::{cargo, on_path, run as run_program, run_aside, say};
use anyhow::{Context, Result};
use clap::Args;
pub(crate) use engine::Engine;
use std::process::{Command, Stdio};

/// Where the compose file is.
const FOLDER: &str = "examples/docker-compose";

/// How the harness runs.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Build what the images are made of, and leave `docker compose` to you.
    #[arg(long)]
    prepare: bool,
}

/// Runs it, and takes everything away again; whether each row was as expected is what it returns.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let engine = Engine::find()?;
    build::all()?;
    stand_ins(engine.processor)?;
    let envoy = image::ensure(&engine)?;
    if options.prepare {
        let compose = engine.compose_words().join(" ");
        println!("cd {FOLDER} && ENVOY_IMAGE={envoy} {compose} up --build --exit-code-from client");
        return Ok(true);
    }
    say(&format!("{} up --build --exit-code-from client", engine.compose_words().join(" ")));
    let up = ["up", "--build", "--no-log-prefix", "--exit-code-from", "client"];
    let status = engine.compose(&up, &envoy).stdin(Stdio::null()).status();
    let down = ["down", "--volumes", "--remove-orphans", "--rmi", "local"];
    let taken_down = run_aside(&mut engine.compose(&down, &envoy));
    image::prune();
    image::remove(&envoy);
    taken_down
        .context("something of the harness may be left: `docker ps -a` and `docker network ls` show it")?;
    Ok(status.context("compose cannot be run")?.success())
}

/// Builds the stand-ins into `dist/`, linked statically for the processor of the engine.
fn stand_ins(processor: &str) -> Result<()> {
    say("building the stand-ins");
    let target = format!("{processor}-unknown-linux-musl");
    if let Some(rustup) = on_path("rustup") {
        run_aside(Command::new(rustup).args(["--quiet", "target", "add", &target]))?;
    }
    let build = ["build", "--locked", "--quiet", "--release", "--package", "stand-ins", "--target", &target];
    let mut command = cargo(&build);
    // Rust brings this linker and all of musl that it links: no C compiler has to know the target.
    let variable = format!("CARGO_TARGET_{}_LINKER", target.to_uppercase().replace('-', "_"));
    run_program(command.env(variable, "rust-lld"))
        .with_context(|| format!("Rust needs its target {target} for this"))?;
    let built = testkit::workspace::root().join("target").join(&target).join("release/stand-ins");
    let placed = testkit::workspace::root().join("dist/stand-ins");
    std::fs::copy(&built, placed).with_context(|| format!("cannot copy {}", built.display()))?;
    Ok(())
}
