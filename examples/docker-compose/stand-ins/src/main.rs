//! The parts of examples/docker-compose that are not Envoy: the services, the key server and the client.

mod addresses;
mod client;
mod keys;
mod service;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;
use testkit::process::exit_code;

/// The services, the key server and the client of examples/docker-compose.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    part: Part,
}

#[derive(Debug, Subcommand)]
enum Part {
    /// Run a service behind a sidecar
    Service {
        /// The name of the service
        name: String,
    },
    /// Run the issuer, which serves its public keys and tokens
    Keys,
    /// Send the requests, try the connections, and print the results
    Client(client::Options),
}

fn main() -> ExitCode {
    exit_code(run(Arguments::parse().part))
}

fn run(part: Part) -> Result<bool> {
    match part {
        Part::Service { name } => service::run(name)?,
        Part::Keys => keys::run()?,
        Part::Client(options) => return client::run(&options),
    }
    Ok(true)
}
