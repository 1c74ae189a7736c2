//! Stand-ins for the parts of examples/docker-compose that are not Envoy: the services, the key server, the client.

mod addresses;
mod answer;
mod client;
mod keys;
mod service;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Stand-ins for services, key server and client.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    part: Part,
}

#[derive(Debug, Subcommand)]
enum Part {
    /// A service behind a sidecar: it tells what reached it, and connects to where it is asked to.
    Service {
        /// Its name.
        name: String,
    },
    /// The issuer: its public keys, and a token for any claims.
    Keys,
    /// Sends the requests, tries the cuts, and prints what came of them.
    Client(client::Options),
}

fn main() -> ExitCode {
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
    match Arguments::parse().part {
        Part::Service { name } => service::run(name)?,
        Part::Keys => keys::run()?,
        Part::Client(options) => return client::run(&options),
    }
    Ok(true)
}
