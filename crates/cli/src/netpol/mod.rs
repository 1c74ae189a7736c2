//! `ringfence netpol`.

mod audit;
mod diff;
mod generate;
mod input;
mod matrix;
mod query;

use crate::exit::{Exit, Failure};
use clap::Subcommand;

/// The subcommands of `netpol`.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Generate NetworkPolicies from a service graph
    Generate(generate::Options),
    /// Print the allowed connections and their ports
    Matrix(matrix::Options),
    /// Check one connection, and print the policies and rules that decide it
    Query(query::Options),
    /// Print the connections that a change opens and closes; exit status 1 if there are any
    Diff(diff::Options),
    /// Find connections that bypass the policies, and print remedies; exit status 1 if there are findings
    Audit(audit::Options),
}

impl Command {
    /// Runs the subcommand.
    pub fn run(&self) -> Result<Exit, Failure> {
        match self {
            Self::Generate(options) => generate::run(options),
            Self::Matrix(options) => matrix::run(options),
            Self::Query(options) => query::run(options),
            Self::Diff(options) => diff::run(options),
            Self::Audit(options) => audit::run(options),
        }
    }
}
