//! What Ringfence costs in stock Envoy: CPU time of the Envoy process for each request and latencies, beside an empty
//! module, Envoy's own filters and Lua. `cargo xtask bench` builds what it needs and runs it.
//!
//! Variants take turns, so that what else the machine does hits all of them; medians and ratios are told, never times
//! of different runs against each other.
#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a tool of measurement"
)]

mod cpu;
mod load;
mod measure;
mod memory;
mod plot;
mod policies;
mod report;
mod tokens;
mod variants;
mod workloads;

use anyhow::Result;
use clap::Parser;
use report::Report;
use std::time::Duration;

/// How the benchmarks run.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// Turns that each variant takes.
    #[arg(long, default_value_t = 9)]
    rounds: usize,
    /// Milliseconds of a turn.
    #[arg(long, default_value_t = 1000)]
    turn: u64,
    /// Workloads to run, by name: W1, W2, W3, W4, W5, memory; none: all.
    #[arg(long)]
    only: Vec<String>,
}

impl Options {
    fn turn(&self) -> Duration {
        Duration::from_millis(self.turn)
    }

    fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only.eq_ignore_ascii_case(name))
    }
}

fn main() -> Result<()> {
    let options = Options::parse();
    cpu::pin_self()?;
    let mut report = Report::default();
    for workload in workloads::all()? {
        if options.wants(workload.name) {
            report.workload(&workload, measure::run(&workload, &options)?);
        }
    }
    if options.wants("memory") {
        report.memory(memory::run()?);
    }
    report.write()
}
