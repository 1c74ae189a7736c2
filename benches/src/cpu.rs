//! Cores and CPU time.

use anyhow::{Context, Result};
use std::process::Command;

/// The core of Envoy; the load and the upstream run on the other.
pub(crate) const ENVOY_CORE: &str = "0";
const OWN_CORE: &str = "1";

/// Pins this program and its future threads to their core.
pub(crate) fn pin_self() -> Result<()> {
    pin(std::process::id(), OWN_CORE)
}

/// Pins all threads of a process to a core.
pub(crate) fn pin(process: u32, core: &str) -> Result<()> {
    let output = Command::new("taskset").args(["-a", "-p", "-c", core, &process.to_string()]).output();
    let output = output.context("taskset is not installed (Debian: apt-get install util-linux)")?;
    anyhow::ensure!(output.status.success(), "cannot use core {core}; the benchmarks need two cores");
    Ok(())
}

/// Returns the CPU time of all threads of a process, in nanoseconds.
pub(crate) fn nanoseconds(process: u32) -> Result<u64> {
    let mut sum = 0;
    for thread in std::fs::read_dir(format!("/proc/{process}/task"))? {
        let text = std::fs::read_to_string(thread?.path().join("schedstat")).unwrap_or_default();
        sum += text.split(' ').next().and_then(|text| text.parse::<u64>().ok()).unwrap_or_default();
    }
    Ok(sum)
}

/// Returns the resident memory of a process, in kilobytes.
pub(crate) fn resident(process: u32) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
