//! The tasks of the project; see `cargo xtask --help`.

mod bench;
mod build;
mod compose;
mod demo;
mod dist;
pub mod images;
mod run;
mod test;
mod toolchain;
mod tools;
mod trim;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;
use testkit::envoy;
use testkit::process::exit_code;

/// Build, run and test Ringfence.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Build the modules and their checksums into dist/
    Build,
    /// Build the command `ringfence` as one static file into dist/
    Dist,
    /// Build the modules and an OCI image of each into dist/images/
    Images(images::Options),
    /// Download stock Envoy if none is installed, and print its path
    Envoy,
    /// Run the modules in stock Envoy, send requests, and print the decisions
    Demo(demo::Options),
    /// Run examples/docker-compose on a Docker engine, and print the results
    Compose(compose::Options),
    /// Measure the cost of the modules in stock Envoy; writes tables and a plot to bench/ in Cargo's target folder
    Bench(bench::Options),
    /// Run the tests; downloads what they need if possible
    Test(test::Options),
}

/// Runs the task on the command line.
pub fn main() -> ExitCode {
    exit_code(run(&Arguments::parse().task))
}

/// Runs a task. Returns false if a result is not as expected.
fn run(task: &Task) -> Result<bool> {
    match task {
        Task::Build => build::all()?,
        Task::Dist => dist::all()?,
        Task::Images(options) => images::run(options)?,
        Task::Envoy => println!("{}", envoy::ensure()?.display()),
        Task::Demo(options) => demo::run(options)?,
        Task::Compose(options) => return compose::run(options),
        Task::Bench(options) => bench::all(options)?,
        Task::Test(options) => return test::run(options),
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::Arguments;
    use clap::Parser;

    #[test]
    fn all_tests_are_not_quick() {
        let parse = |flags: &[&str]| Arguments::try_parse_from([&["xtask", "test"], flags].concat());
        assert!(parse(&["--quick"]).is_ok() && parse(&["--all"]).is_ok());
        assert!(parse(&["--quick", "--all"]).is_err());
    }
}
