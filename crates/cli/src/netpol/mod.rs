//! `ringfence netpol`.

mod audit;
mod diff;
mod generate;
mod matrix;
mod query;

use crate::exit::{Exit, Failure};
use crate::files;
use crate::files::File;
use crate::report::{self, Format};
use clap::Subcommand;
use diagnostics::Diagnostic;
use netpol::model::Cluster;
use std::path::PathBuf;

/// What there is to do with NetworkPolicies.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write the NetworkPolicies of a service graph.
    Generate(generate::Options),
    /// Print who may reach whom on which port.
    Matrix(matrix::Options),
    /// Say whether one connection is allowed, and which policies and rules say so.
    Query(query::Options),
    /// Print what a change opens and closes; 1 where it does either.
    Diff(diff::Options),
    /// Name each way around the policies, with the manifest that closes it; 1 where there is one.
    Audit(audit::Options),
}

impl Command {
    /// Does it.
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

/// Problems go where the answer would have gone.
fn refused(found: &[Diagnostic], files: &[File], json: bool) -> Failure {
    report::refuse(found, files, if json { Format::Json } else { Format::Text })
}

/// Policies of other kinds would change the answer, and are not read.
fn note_ignored(cluster: &Cluster) {
    for object in cluster.ignored.iter().filter(|object| object.kind.contains("NetworkPolicy")) {
        eprintln!(
            "note: {}: {object} is no policy of networking.k8s.io, and does not count here",
            object.place
        );
    }
}
