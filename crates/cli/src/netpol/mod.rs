//! `ringfence netpol`.

mod audit;
mod diff;
mod generate;
mod matrix;
mod query;

use crate::exit::{Exit, Failure};
use crate::files::File;
use crate::{files, output, problems};
use clap::Subcommand;
use diagnostics::Diagnostic;
use netpol::model::Cluster;
use std::path::PathBuf;

/// The subcommands of `netpol`.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Generate NetworkPolicies from a service graph.
    Generate(generate::Options),
    /// Print the allowed connections and their ports.
    Matrix(matrix::Options),
    /// Check one connection, and print the policies and rules that decide it.
    Query(query::Options),
    /// Print the connections that a change opens and closes; exit status 1 if there are any.
    Diff(diff::Options),
    /// Find ways around the policies, with the manifests that close them; exit status 1 if there are any.
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

/// Reads manifests.
fn cluster(paths: &[PathBuf], json: bool) -> Result<Cluster, Failure> {
    let files = files::read(paths)?;
    let read = netpol::read(files.iter().map(|file| (&file.name, &file.text)));
    let read = read.inspect(note_ignored);
    read.map_err(|found| refused(&found, &files, json))
}

/// Reports problems in the output format of the result.
fn refused(found: &[Diagnostic], files: &[File], json: bool) -> Failure {
    let message = if json {
        output::json(&problems::json(found));
        problems::count(found.len())
    } else {
        problems::text(found, files)
    };
    Failure { message, exit: Exit::Problems }
}

/// Warns about policies of other kinds: they could change the result, but are not read.
fn note_ignored(cluster: &Cluster) {
    for object in cluster.ignored.iter().filter(|object| object.kind.contains("NetworkPolicy")) {
        eprintln!("note: {}: {object} is not a policy of networking.k8s.io, and is ignored", object.place);
    }
}
