//! The cost of Ringfence in stock Envoy: CPU time per request of the Envoy process, and latencies, compared with an empty
//! module, Envoy's own filters and Lua. `cargo xtask bench` builds what it needs and runs it.
//!
//! Variants take turns, so that other load on the machine affects all of them. The report has medians and ratios; times of
//! different runs are not comparable.
#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a tool of measurement"
)]

mod cpu;
mod expressions;
mod load;
mod measure;
mod memory;
mod options;
mod plot;
mod policies;
mod report;
mod tokens;
mod variants;
mod workloads;

use anyhow::Result;
use clap::Parser;
use options::Options;
use report::Report;

fn main() -> Result<()> {
    let options = Options::parse();
    cpu::pin_self()?;
    let mut report = Report::default();
    let mut workloads = workloads::all()?;
    workloads.retain(|workload| options.selects(workload.name));
    if let Some(folder) = &options.baseline {
        workloads.iter_mut().for_each(|workload| workload.add_baselines(folder));
    }
    let with_memory = options.selects("memory");
    let total = workloads.len() + usize::from(with_memory);
    for (index, workload) in workloads.iter().enumerate() {
        eprintln!("==> {} ({} of {total}): {}", workload.name, index + 1, workload.what);
        report.workload(workload, &measure::run(workload, &options)?);
    }
    if with_memory {
        eprintln!("==> memory ({total} of {total})");
        memory::run(&mut report)?;
    }
    report.write()
}
