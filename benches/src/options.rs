//! Command-line options.

use clap::Parser;
use std::time::Duration;

/// Measure the cost of Ringfence in stock Envoy.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// The number of measured turns of each variant
    #[arg(long, default_value_t = 9)]
    pub(crate) rounds: usize,
    /// The length of a turn in milliseconds
    #[arg(long, default_value_t = 1000)]
    turn: u64,
    /// Run only this workload: W1, W2, W3, W4, W5 or memory; may be repeated
    #[arg(long)]
    only: Vec<String>,
}

impl Options {
    /// Returns the length of a turn.
    pub(crate) fn turn(&self) -> Duration {
        Duration::from_millis(self.turn)
    }

    /// Returns true if this workload is selected.
    pub(crate) fn selects(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only.eq_ignore_ascii_case(name))
    }
}
