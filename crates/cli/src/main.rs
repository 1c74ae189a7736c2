//! The command `ringfence`.

mod convert;
mod exit;
mod explain;
mod files;
mod filter;
mod manual;
mod netpol;
mod output;
mod policy_file;
mod problems;
mod render;
mod schema;
mod test;
mod validate;

use clap::{CommandFactory, Parser, Subcommand};
use exit::Failure;
use std::process::ExitCode;

/// Keeps Envoy's routes and Kubernetes' networks to what policies say.
#[derive(Debug, Parser)]
#[command(name = "ringfence", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Say what a policy makes of a request, step by step; of many requests, count what it makes of them.
    Explain(Box<explain::Options>),
    /// Hold cases of your own against a policy; 1 where one does not hold.
    Test(test::Options),
    /// Write the policy that stands for those of Istio, or of Envoy's rbac or jwt_authn filter.
    Convert(convert::Options),
    /// Say what is wrong with policies, and with what carries them.
    Validate(validate::Options),
    /// Write the manifest that loads a policy.
    Render(Box<render::Options>),
    /// Print the JSON Schema of policies, for editors.
    Schema(schema::Options),
    /// Print what a shell completes by.
    Completions(manual::Completions),
    /// Print the manual, as a page for `man`.
    Man(manual::Man),
    /// NetworkPolicies: who may reach whom, and what walks around the policies.
    #[command(subcommand)]
    Netpol(netpol::Command),
}

fn main() -> ExitCode {
    // clap itself ends with 2 where the call is wrong.
    let done = match Arguments::parse().command {
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
    match done {
        Ok(exit) => exit.into(),
        Err(Failure { message, exit }) => {
            eprintln!("{message}");
            exit.into()
        }
    }
}
