//! The client: it sends requests to the ingress, tries the connections between the parts, and prints the results.

mod connections;
mod document;
mod graph;
mod requests;
mod world;

use anyhow::Result;
use cases::table;
use clap::Args;
use graph::Manifest;
use requests::Requests;
use std::path::PathBuf;
use world::World;

/// The files that the client reads.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The requests and their expected results
    requests: PathBuf,
    /// The service graph, which defines the allowed connections
    graph: PathBuf,
}

/// Runs the client. Returns true if every result is as expected.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let requests: Requests = document::read(&options.requests)?;
    let Manifest { spec: graph } = document::read(&options.graph)?;
    let world = World::wait(&graph)?;
    let (mut requests, mut connections) = (requests.send(&world)?, connections::run(&graph, &world)?);
    let mut failed = 0;
    for row in requests.iter_mut().chain(&mut connections) {
        let expected = row.differences.is_empty();
        failed += usize::from(!expected);
        row.cells.push(if expected { "yes" } else { "NO" }.to_owned());
    }
    println!(
        "\n{}",
        table(&["request", "over", "status", "decided by", "the service saw", "as expected"], &requests)
    );
    println!("{}", table(&["from", "to", "by name", "by address", "as expected"], &connections));
    let (passed, word) =
        (requests.len() + connections.len() - failed, if failed == 0 { "ok" } else { "FAILED" });
    // The format of Rust's test harness, which `cargo xtask test` counts.
    println!("test result: {word}. {passed} passed; {failed} failed; 0 ignored");
    Ok(failed == 0)
}
