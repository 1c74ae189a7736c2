//! The tasks of the project; see `cargo xtask --help`.

mod bench;
mod build;
mod compose;
mod demo;
mod dist;
mod envoy;
pub mod images;
mod run;
mod test;
mod tools;
mod trim;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// The tasks of Ringfence.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Build the modules into dist/, with their checksums.
    Build,
    /// Build the command `ringfence` as one static file into dist/.
    Dist,
    /// Build the modules, and an OCI image of each into dist/images/.
    Images(images::Options),
    /// Fetch stock Envoy, unless there is one, and print where it is.
    Envoy,
    /// Run the modules in stock Envoy, send some dozens of requests, and print what came of them.
    Demo(demo::Options),
    /// Run the harness of examples/docker-compose on a Docker engine, and print what came of its requests and cuts.
    Compose(compose::Options),
    /// Measure what the modules cost in stock Envoy; tables and a plot go to target/bench/.
    Bench(bench::Options),
    /// Run every test; what a test needs is fetched where that can be done.
    Test(test::Options),
}

/// Runs the task on the command line.
pub fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool> {
    match Arguments::parse().task {
        Task::Build => build::all()?,
        Task::Dist => dist::all()?,
        Task::Images(options) => images::run(&options)?,
        Task::Envoy => envoy::ensure().map(|file| println!("{}", file.display()))?,
        Task::Demo(options) => demo::run(&options)?,
        Task::Compose(options) => return compose::run(&options),
        Task::Bench(options) => bench::all(&options)?,
        Task::Test(options) => return Ok(test::run(&options)),
    }
    Ok(true)
}
