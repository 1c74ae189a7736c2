//! The command `ringfence`.

mod convert;
mod exit;
mod explain;
mod files;
mod netpol;
mod output;
mod policy_file;
mod problems;
mod test;

use clap::{Parser, Subcommand};
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
