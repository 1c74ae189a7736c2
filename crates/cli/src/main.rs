//! The command `ringfence`.

mod exit;
mod files;
mod filter;
mod netpol;
mod output;
mod problems;
mod validate;

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
    /// Say what is wrong with policies, and with what carries them.
    Validate(validate::Options),
    /// NetworkPolicies: who may reach whom, and what walks around the policies.
    #[command(subcommand)]
    Netpol(netpol::Command),
}

fn main() -> ExitCode {
    // clap itself ends with 2 where the call is wrong.
    let done = match Arguments::parse().command {
        Command::Validate(options) => validate::run(&options),
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
