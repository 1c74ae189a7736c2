//! The report: tables and limits.

use crate::measure::Measured;
use crate::memory::Memory;
use crate::plot;
use crate::variants::{CHAIN, FLOOR, NATIVE, NATIVE_CACHED, NONE, PATH, RINGFENCE, baseline_of};
use crate::workloads::Workload;
use anyhow::Result;
use std::fmt::Write as _;
use testkit::workspace::target;

/// The report.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// The tables, as Markdown.
    text: String,
    /// The limits: name, measured value, maximum.
    limits: Vec<(String, f64, f64)>,
    plots: Vec<plot::Bars>,
}

impl Report {
    /// Adds a workload.
    pub(crate) fn workload(&mut self, workload: &Workload, measured: Vec<Measured>) {
        let _ = writeln!(self.text, "\n## {}: {}\n", workload.name, workload.what);
        self.text.push_str("| variant | CPU per request, µs | added | times the floor | times the baseline | p50, µs | p99, µs |\n|---|---|---|---|---|---|---|\n");
        let base = find(&measured, NONE).unwrap_or_default();
        let floor = find(&measured, FLOOR).map(|floor| floor - base);
        let mut bars = Vec::new();
        for variant in &measured {
            let cpu = median(&variant.cpu);
            let (name, added) = (&variant.name, cpu - base);
            let times =
                |other: Option<f64>| other.map_or(String::new(), |other| format!("{:.2}", added / other));
            let baseline = find(&measured, &baseline_of(name)).map(|baseline| baseline - base);
            let (floor, baseline) = (times(floor), times(baseline));
            let (p50, p99) = (percentile(&variant.latencies, 50), percentile(&variant.latencies, 99));
            let _ = writeln!(
                self.text,
                "| {name} | {cpu:.1} | {added:.1} | {floor} | {baseline} | {p50} | {p99} |"
            );
            bars.push((name.clone(), added));
        }
        self.plots.push(plot::Bars { title: format!("{}: {}", workload.name, workload.what), bars });
        self.limit(workload, &measured, base);
    }

    fn limit(&mut self, workload: &Workload, measured: &[Measured], base: f64) {
        let added = |name: &str| find(measured, name).map(|cpu| cpu - base);
        let mut limit = |what: &str, one: &str, other: &str, most: f64| {
            if let (Some(one), Some(other)) = (added(one), added(other)) {
                self.limits.push((format!("{}: {what}", workload.name), one / other, most));
            }
        };
        match workload.name {
            "W1" => {
                limit("ringfence, times the floor", RINGFENCE, FLOOR, 2.0);
                limit("ringfence, times Envoy's own filters", RINGFENCE, NATIVE, 0.25);
                limit("ringfence, times those with a token cache", RINGFENCE, NATIVE_CACHED, 0.8);
                limit("ringfence, times the four modules", RINGFENCE, CHAIN, 0.5);
                limit("path-policy, times the floor", PATH, FLOOR, 1.5);
            }
            "W2" => limit("ringfence, times Envoy's own filters", RINGFENCE, NATIVE, 1.25),
            "W3" => {
                if let (Some(few), Some(many)) = (find(measured, "10 rules"), find(measured, "10,000 rules"))
                {
                    self.limits.push(("W3: 10,000 rules, times 10".to_owned(), many / few, 1.25));
                }
            }
            _ => {}
        }
    }

    /// Adds start-up time and memory.
    #[expect(clippy::cast_precision_loss, reason = "measurements")]
    pub(crate) fn memory(&mut self, memory: Memory) {
        let mib = |bytes: u64| bytes as f64 / 1024.0 / 1024.0;
        let seconds = memory.load.as_secs_f64();
        let ratio = memory.after[1] as f64 / memory.after[0] as f64;
        let text = &mut self.text;
        let _ = writeln!(text, "\n## Startup, memory, size\n\n| what | |\n|---|---|");
        let _ = writeln!(
            text,
            "| 10,000 rules: additional start-up time, compared with 10 rules | {seconds:.2} s |"
        );
        let _ = writeln!(text, "| 10,000 rules: linear memory of a VM | {:.1} MiB |", mib(memory.linear));
        for (at, requests) in ["10,000", "1,000,000"].iter().enumerate() {
            let (linear, resident) = (mib(memory.after[at]), mib(memory.resident[at] * 1024));
            let _ = writeln!(
                text,
                "| after {requests} requests: linear memory, resident memory of Envoy | {linear:.1} MiB, {resident:.1} MiB |"
            );
        }
        for (module, bytes) in &memory.modules {
            let _ = writeln!(text, "| {module} | {} KB |", bytes.div_ceil(1000));
        }
        let mut limit =
            |what: &str, figure: f64, most: f64| self.limits.push((what.to_owned(), figure, most));
        limit("10,000 rules: load, s", seconds, 1.0);
        limit("10,000 rules: linear memory, MiB", mib(memory.linear), 32.0);
        limit("linear memory after 1,000,000 requests, times 10,000", ratio, 1.02);
        let whole = memory.modules.iter().find(|(name, _)| name == "ringfence.wasm");
        limit("ringfence.wasm, MB", whole.map_or(0.0, |(_, bytes)| *bytes as f64 / 1e6), 1.2);
    }

    /// Writes the tables and the plot, and prints the tables.
    pub(crate) fn write(mut self) -> Result<()> {
        self.text.push_str("\n## Limits\n\n| what | measured | limit | |\n|---|---|---|---|\n");
        for (what, figure, most) in &self.limits {
            let held = if figure <= most { "held" } else { "missed" };
            let _ = writeln!(self.text, "| {what} | {figure:.2} | {most} | {held} |");
        }
        let folder = target().join("bench");
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("table.md"), &self.text)?;
        std::fs::write(folder.join("plot.svg"), plot::svg(&self.plots))?;
        println!("{}\n\nwritten to {}: table.md and plot.svg", self.text, folder.display());
        Ok(())
    }
}

fn find(measured: &[Measured], name: &str) -> Option<f64> {
    measured.iter().find(|variant| variant.name == name).map(|variant| median(&variant.cpu))
}

fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

fn percentile(sorted: &[u32], percent: usize) -> u32 {
    sorted.get(sorted.len().saturating_sub(1) * percent / 100).copied().unwrap_or_default()
}
