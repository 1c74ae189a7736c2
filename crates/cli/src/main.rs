//! The command `ringfence`.

#![deny(clippy::print_stdout, clippy::print_stderr)]

mod case_file;
mod convert;
mod exit;
mod explain;
mod files;
mod flag_value;
mod manual;
mod netpol;
mod output;
mod policy_file;
mod render;
mod report;
mod schema;
mod style;
mod test;
mod validate;

use clap::{CommandFactory, Parser, Subcommand};
use exit::Failure;
use std::process::ExitCode;

/// Validate, test and convert Ringfence policies, and analyze Kubernetes NetworkPolicies.
#[derive(Debug, Parser)]
#[command(name = "ringfence", version, after_help = EXIT_STATUS)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXIT_STATUS: &str = "\
Exit status:
  0  success
  1  problems were found, a case failed, or a comparison found a difference
  2  the command line is invalid, or a file cannot be read or written";

#[derive(Debug, Subcommand)]
enum Command {
    /// Explain the decision on a request, or summarize the decisions on many
    Explain(Box<explain::Options>),
    /// Run your own test cases against a policy
    Test(test::Options),
    /// Convert policies of Istio, or of Envoy's filters rbac and jwt_authn
    Convert(convert::Options),
    /// Check policies and the manifests that load them
    Validate(validate::Options),
    /// Print the manifest that loads a policy
    Render(Box<render::Options>),
    /// Print the JSON Schema of policies
    Schema(schema::Options),
    /// Generate shell completions
    Completions(manual::Completions),
    /// Generate manual pages
    Man(manual::Man),
    /// Analyze, generate and compare Kubernetes NetworkPolicies
    #[command(subcommand)]
    Netpol(netpol::Command),
}

fn main() -> ExitCode {
    // For an invalid command line, clap exits with status 2.
    let result = match Arguments::parse().command {
        Command::Explain(options) => explain::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Convert(options) => convert::run(&options),
        Command::Validate(options) => validate::run(&options),
        Command::Render(options) => render::run(&options),
        Command::Schema(options) => schema::run(&options),
        Command::Completions(options) => manual::completions(&options, Arguments::command()),
        Command::Man(options) => manual::man(&options, Arguments::command()),
        Command::Netpol(command) => command.run(),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(Failure { message, exit }) => {
            output::message(message);
            exit.into()
        }
    }
}
