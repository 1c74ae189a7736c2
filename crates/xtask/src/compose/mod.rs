//! The containers of examples/docker-compose, and what they need.

mod engine;
mod image;

use crate::run::{run as run_visible, say};
use crate::{build, dist, toolchain};
use anyhow::{Context, Result};
use clap::Args;
pub(crate) use engine::Engine;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
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
    let ended = run_to_the_count(&mut engine.compose(&up, &envoy));
    let down = ["down", "--volumes", "--remove-orphans", "--rmi", "local"];
    let removed = run_visible(engine.compose(&down, &envoy).stdout(std::io::stderr()));
    image::prune();
    image::remove(&envoy);
    removed.context("containers or networks may be left; see `docker ps -a` and `docker network ls`")?;
    let (success, count) = ended.context("compose cannot be run")?;
    // Again, after the many lines about what was removed. `cargo xtask test` counts the lines of standard output.
    if let Some(count) = count {
        say(&count);
    }
    Ok(success)
}

/// Runs a program and prints its output. Returns true if it succeeded, and the line with the number of results.
fn run_to_the_count(command: &mut Command) -> Result<(bool, Option<String>)> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let output = child.stdout.take().context("no output")?;
    let mut count = None;
    for line in BufReader::new(output).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        println!("{line}");
        if line.starts_with("test result: ") {
            count = Some(line);
        }
    }
    Ok((child.wait()?.success(), count))
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

#[cfg(test)]
mod tests {
    use super::run_to_the_count;
    use std::process::Command;

    #[test]
    fn the_count_of_the_results_is_kept() {
        let run = |script: &str| run_to_the_count(Command::new("sh").args(["-c", script])).unwrap();
        let count = "test result: FAILED. 1 passed; 1 failed; 0 ignored";
        assert_eq!(run(&format!("echo a; echo '{count}'; echo b; exit 1")), (false, Some(count.to_owned())));
        assert_eq!(run("echo a"), (true, None));
    }
}
