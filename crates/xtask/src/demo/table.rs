//! The table of the demo.

use cases::{Case, Observed};

/// A request and what came of it.
#[derive(Debug)]
pub(super) struct Row {
    request: String,
    status: String,
    decided: String,
    seen: String,
    /// Where it is not as the case says.
    pub(super) differences: Vec<String>,
}

impl Row {
    pub(super) fn new(
        case: &Case,
        observed: &Observed,
        rule: Option<String>,
        differences: Vec<String>,
    ) -> Self {
        let decided = match (&observed.reason, rule) {
            (Some(reason), Some(rule)) => format!("{rule}: {reason}"),
            (Some(reason), None) => reason.clone(),
            (None, rule) => rule.unwrap_or_else(|| "allowed".to_owned()),
        };
        let seen =
            observed.upstream.as_ref().map(|upstream| String::from_utf8_lossy(&upstream.target).into_owned());
        let (method, target) = case.request.split_once(' ').unwrap_or((&case.request, ""));
        let headers: Vec<String> = case
            .lines()
            .unwrap_or_default()
            .iter()
            .map(|(name, value)| format!("{}: {}", name.escape_ascii(), value.escape_ascii()))
            .map(|line| if line.len() > 36 { format!("{}…", line.get(..35).unwrap_or(&line)) } else { line })
            .collect();
        let request = format!("{method} {}{target} {}", case.host, headers.join(", "));
        let grpc = observed.headers.iter().find(|(name, _)| name == "grpc-status");
        let status = match grpc {
            Some((_, status)) => format!("200, grpc-status {}", status.escape_ascii()),
            None if observed.status == 0 => "closed".to_owned(),
            None => observed.status.to_string(),
        };
        Self { request, status, decided, seen: seen.unwrap_or_else(|| "-".to_owned()), differences }
    }

    fn cells(&self) -> [&str; 4] {
        [self.request.trim_end(), &self.status, &self.decided, &self.seen]
    }
}

/// Prints the rows, each column as wide as it must be.
pub(super) fn print(rows: &[Row]) {
    let head = ["request", "status", "decided by", "the upstream saw"];
    let mut widths = head.map(|text| text.chars().count());
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row.cells()) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let print = |cells: [&str; 4]| {
        let padded = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        println!("{}", padded.collect::<Vec<_>>().join("  ").trim_end());
    };
    println!();
    print(head);
    print(widths.map(|width| "-".repeat(width)).each_ref().map(String::as_str));
    for row in rows {
        print(row.cells());
        for difference in &row.differences {
            println!("    not as expected: {difference}");
        }
    }
}
