//! The report: tables and limits.

use crate::expressions;
use crate::measure::Measured;
use crate::plot;
use crate::variants::{CHAIN, FLOOR, NATIVE, NATIVE_CACHED, NONE, PATH, RINGFENCE, baseline_of};
use crate::workloads::Workload;
use anyhow::Result;
use std::fmt::Write as _;
use testkit::workspace::target;

/// The limits: the workload, the name, the variant, the variant that its added time is divided by, and the maximum.
const LIMITS: [(&str, &str, &str, &str, f64); 7] = [
    ("W1", "ringfence, times the floor", RINGFENCE, FLOOR, 2.0),
    ("W1", "ringfence, times Envoy's own filters", RINGFENCE, NATIVE, 0.25),
    ("W1", "ringfence, times those with a token cache", RINGFENCE, NATIVE_CACHED, 0.8),
    ("W1", "ringfence, times the four modules", RINGFENCE, CHAIN, 0.5),
    ("W1", "path-policy, times the floor", PATH, FLOOR, 1.5),
    ("W6", "path-policy, times Envoy's rbac", expressions::FEW, expressions::NATIVE, 0.5),
    ("W2", "ringfence, times Envoy's own filters", RINGFENCE, NATIVE, 1.25),
];

#[derive(Debug, Default)]
pub(crate) struct Report {
    /// The tables, as Markdown.
    text: String,
    /// The limits: name, measured value, maximum.
    limits: Vec<(String, f64, f64)>,
    plots: Vec<plot::Bars>,
}

impl Report {
    pub(crate) fn table(&mut self, title: &str, head: &[&str]) {
        let _ =
            writeln!(self.text, "\n## {title}\n\n| {} |\n{}|", head.join(" | "), "|---".repeat(head.len()));
    }

    pub(crate) fn row(&mut self, cells: &[String]) {
        let _ = writeln!(self.text, "| {} |", cells.join(" | "));
    }

    pub(crate) fn limit(&mut self, what: &str, measured: f64, most: f64) {
        self.limits.push((what.to_owned(), measured, most));
    }

    pub(crate) fn workload(&mut self, workload: &Workload, measured: &[Measured]) {
        let title = format!("{}: {}", workload.name, workload.what);
        let (floor, baseline) = ("times the floor", "times the baseline");
        self.table(
            &title,
            &["variant", "CPU per request, µs", "added", floor, baseline, "p50, µs", "p99, µs"],
        );
        let base = find(measured, NONE).unwrap_or_default();
        let added = |name: &str| find(measured, name).map(|cpu| cpu - base);
        let mut bars = Vec::new();
        for variant in measured {
            let (name, cpu) = (&variant.name, median(&variant.cpu));
            let times = |other: &str| added(other).map(|other| format!("{:.2}", (cpu - base) / other));
            self.row(&[
                name.clone(),
                format!("{cpu:.1}"),
                format!("{:.1}", cpu - base),
                times(FLOOR).unwrap_or_default(),
                times(&baseline_of(name)).unwrap_or_default(),
                percentile(&variant.latencies, 50),
                percentile(&variant.latencies, 99),
            ]);
            bars.push((name.clone(), cpu - base));
        }
        self.plots.push(plot::Bars { title, bars });
        for (_, what, one, other, most) in LIMITS.iter().filter(|(of, ..)| *of == workload.name) {
            if let (Some(one), Some(other)) = (added(one), added(other)) {
                self.limit(&format!("{}: {what}", workload.name), one / other, *most);
            }
        }
        if let (Some(few), Some(many)) = (find(measured, "10 rules"), find(measured, "10,000 rules")) {
            self.limit("W3: 10,000 rules, times 10", many / few, 1.25);
        }
    }

    /// Writes the tables and the plot, and prints the tables.
    pub(crate) fn write(mut self) -> Result<()> {
        self.table("Limits", &["what", "measured", "limit", ""]);
        for (what, measured, most) in std::mem::take(&mut self.limits) {
            let held = if measured <= most { "held" } else { "missed" };
            self.row(&[what, format!("{measured:.2}"), most.to_string(), held.to_owned()]);
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

fn percentile(latencies: &[u32], percent: usize) -> String {
    let mut sorted = latencies.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len().saturating_sub(1) * percent / 100).copied().unwrap_or_default().to_string()
}
