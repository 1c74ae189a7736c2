//! The table of what came of requests.

use crate::{Case, Observed};

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its cells, as many as the head has.
    pub cells: Vec<String>,
    /// Where it is not as expected.
    pub differences: Vec<String>,
}

impl Row {
    /// The request of a case, its status, who decided it, and the target that the upstream saw.
    pub fn of(case: &Case, observed: &Observed, decided: String, differences: Vec<String>) -> Self {
        let seen = observed.upstream.as_ref();
        let seen =
            seen.map_or("-".to_owned(), |upstream| String::from_utf8_lossy(&upstream.target).into_owned());
        Self { cells: vec![request(case), status(observed), decided, seen], differences }
    }
}

/// What denied a request, or let it pass: `admin: denied`.
pub fn decided(observed: &Observed, rule: Option<&str>) -> String {
    match (&observed.reason, rule) {
        (Some(reason), Some(rule)) => format!("{rule}: {reason}"),
        (Some(reason), None) => reason.clone(),
        (None, rule) => rule.unwrap_or("allowed").to_owned(),
    }
}

/// A request in one line, long headers cut short.
fn request(case: &Case) -> String {
    let (method, target) = case.request.split_once(' ').unwrap_or((&case.request, ""));
    let headers: Vec<String> = case
        .lines()
        .unwrap_or_default()
        .iter()
        .map(|(name, value)| format!("{}: {}", name.escape_ascii(), value.escape_ascii()))
        .map(|line| if line.len() > 36 { format!("{}…", line.get(..35).unwrap_or(&line)) } else { line })
        .collect();
    format!("{method} {}{target} {}", case.host, headers.join(", ")).trim_end().to_owned()
}

fn status(observed: &Observed) -> String {
    let grpc = observed.headers.iter().find(|(name, _)| name == "grpc-status");
    match grpc {
        Some((_, status)) => format!("200, grpc-status {}", status.escape_ascii()),
        None if observed.status == 0 => "closed".to_owned(),
        None => observed.status.to_string(),
    }
}

/// The rows, each column as wide as it must be.
pub fn table(head: &[&str], rows: &[Row]) -> String {
    let mut widths: Vec<usize> = head.iter().map(|text| text.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(&row.cells) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: &[String]| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        format!("{}\n", padded.collect::<Vec<_>>().join("  ").trim_end())
    };
    let mut text = line(&head.iter().map(ToString::to_string).collect::<Vec<_>>());
    text += &line(&widths.iter().map(|width| "-".repeat(*width)).collect::<Vec<_>>());
    for row in rows {
        text += &line(&row.cells);
        for difference in &row.differences {
            text += &format!("    not as expected: {difference}\n");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Row, table};

    #[test]
    fn columns_are_as_wide_as_they_must_be() {
        let row = |cell: &str, differences: Vec<String>| Row {
            cells: vec![cell.to_owned(), "b".to_owned()],
            differences,
        };
        let rows = [row("é", vec!["c".to_owned()]), row("wider", Vec::new())];
        let lines = ["one    two", "-----  ---", "é      b", "    not as expected: c", "wider  b", ""];
        assert_eq!(table(&["one", "two"], &rows), lines.join("\n"));
    }
}
