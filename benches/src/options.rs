//! Command-line options.

use clap::Parser;
use std::path::PathBuf;
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
    /// Also measure the modules in this folder, such as `dist` of another commit, as variants named `…, baseline`
    #[arg(long, value_name = "FOLDER", value_parser = modules)]
    pub(crate) baseline: Option<PathBuf>,
}

impl Options {
    pub(crate) fn turn(&self) -> Duration {
        Duration::from_millis(self.turn)
    }

    pub(crate) fn selects(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only.eq_ignore_ascii_case(name))
    }
}

/// Returns the full path of a folder, which must have modules.
fn modules(folder: &str) -> Result<PathBuf, String> {
    let folder = std::path::absolute(folder).map_err(|error| error.to_string())?;
    let has_modules = folder.join("ringfence.wasm").is_file();
    has_modules.then_some(folder).ok_or_else(|| "it has no ringfence.wasm".to_owned())
}
