//! The containers of examples/docker-compose, and what they need.

mod engine;
mod image;

use crate::run::{run as run_visible, say};
use crate::{build, dist, toolchain};
use anyhow::{Context, Result};
use clap::Args;
pub(crate) use engine::Engine;
use std::process::Stdio;
use testkit::workspace;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Build what the images contain, and print the command that runs them
    #[arg(long)]
    prepare: bool,
}

/// Runs the containers and removes them again. Returns true if every result is as expected.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let engine = Engine::find()?;
    let target = format!("{}-unknown-linux-musl", engine.processor);
    toolchain::ensure_target(&target)?;
    build::all()?;
    stand_ins(&target)?;
    let envoy = image::choose(&engine)?;
    let compose = engine.compose.join(" ");
    if options.prepare {
        println!("cd {} && ENVOY_IMAGE={envoy} {compose} up --build --exit-code-from client", engine::FOLDER);
        return Ok(true);
    }
    say(&format!("{compose} up --build --exit-code-from client"));
    let up = ["up", "--build", "--no-log-prefix", "--exit-code-from", "client"];
    let status = engine.compose(&up, &envoy).stdin(Stdio::null()).status();
    let down = ["down", "--volumes", "--remove-orphans", "--rmi", "local"];
    let removed = run_visible(engine.compose(&down, &envoy).stdout(std::io::stderr()));
    image::prune();
    image::remove(&envoy);
    removed.context("containers or networks may be left; see `docker ps -a` and `docker network ls`")?;
    Ok(status.context("compose cannot be run")?.success())
}

/// Builds the stand-ins into `dist/`, linked statically for the engine's processor.
fn stand_ins(target: &str) -> Result<()> {
    say("building the stand-ins");
    let mut command = dist::static_build("stand-ins", target);
    // The toolchain contains this linker and all of musl, so no C compiler for the target is needed.
    let built = workspace::build(command.env(dist::variable(target, "LINKER"), "rust-lld"))?;
    let copied = std::fs::copy(&built, workspace::root().join("dist/stand-ins"));
    copied.with_context(|| format!("cannot copy {}", built.display()))?;
    Ok(())
}
