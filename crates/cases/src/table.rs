//! A table of decisions.

use crate::{Case, Observed};

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// One cell per column.
    pub cells: Vec<String>,
    /// The differences from the expected decision.
    pub differences: Vec<String>,
}

impl Row {
    /// Creates the row of a case: the request, the status, the rule that decided, and the target that the upstream got.
    pub fn new(case: &Case, observed: &Observed, decided: String) -> Self {
        // A denial of gRPC has the status 200 like an allowed request, but no target.
        let seen = observed.upstream.as_ref().filter(|upstream| !upstream.target.is_empty());
        let seen =
            seen.map_or("-".to_owned(), |upstream| String::from_utf8_lossy(&upstream.target).into_owned());
        let differences = case.expect.differences(observed).iter().map(ToString::to_string).collect();
        Self { cells: vec![request(case), status(observed), decided, seen], differences }
    }
}

/// Returns the rule that decided and the reason: `admin: denied`.
pub fn deciding_rule(observed: &Observed, rule: Option<&str>) -> String {
    match (&observed.reason, rule) {
        (Some(reason), Some(rule)) => format!("{rule}: {reason}"),
        (Some(reason), None) => reason.clone(),
        (None, rule) => rule.unwrap_or("allowed").to_owned(),
    }
}

/// The width of a request with headers.
const WIDTH: usize = 50;

/// Returns a request in one line. The headers are cut, the target is not.
fn request(case: &Case) -> String {
    let method = case.method();
    let target = target(case);
    let headers: Vec<String> = case
        .lines()
        .unwrap_or_default()
        .iter()
        .map(|(name, value)| format!("{}: {}", name.escape_ascii(), value.escape_ascii()))
        .collect();
    let line = format!("{method} {}{target}", case.host);
    let whole = format!("{line} {}", headers.join(", ")).trim_end().to_owned();
    match WIDTH.max(line.chars().count()) {
        width if whole.chars().count() > width => whole.chars().take(width).chain(['…']).collect(),
        _ => whole,
    }
}

/// Returns the target: as text if it is, otherwise with the escapes of the case.
fn target(case: &Case) -> String {
    let spelled = case.request.split_once(' ').map(|(_, target)| target).unwrap_or_default();
    let target = case.target().ok().flatten().and_then(|target| String::from_utf8(target).ok());
    target.filter(|target| !target.chars().any(char::is_control)).unwrap_or_else(|| spelled.to_owned())
}

fn status(observed: &Observed) -> String {
    let grpc = observed.headers.iter().find(|(name, _)| name == "grpc-status");
    match grpc {
        Some((_, status)) => format!("grpc-status {}", status.escape_ascii()),
        None if observed.status == 0 => "closed".to_owned(),
        None => observed.status.to_string(),
    }
}

/// Formats rows as a table with aligned columns.
pub fn table(head: &[&str], rows: &[Row]) -> String {
    let head: Vec<String> = head.iter().map(ToString::to_string).collect();
    let widths = widths(rows.iter().map(|row| &row.cells).chain([&head]));
    let dashes: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    let mut text = line(&head, &widths) + &line(&dashes, &widths);
    for row in rows {
        text += &line(&row.cells, &widths);
        for difference in &row.differences {
            text += &format!("    not as expected: {difference}\n");
        }
    }
    text
}

/// Returns the width of each column.
pub fn widths<'r>(rows: impl IntoIterator<Item = &'r Vec<String>>) -> Vec<usize> {
    let mut widths = Vec::new();
    for row in rows {
        widths.resize(row.len().max(widths.len()), 0);
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    widths
}

/// Returns a line of a table.
pub fn line(cells: &[String], widths: &[usize]) -> String {
    let padded = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
    format!("{}\n", padded.collect::<Vec<_>>().join("  ").trim_end())
}

#[cfg(test)]
mod tests {
    use super::{Row, table};
    use crate::{Case, Observed, SeenUpstream};

    #[test]
    fn a_request_is_cut_in_its_headers() {
        let cell = |request: &str, header: &str| {
            let case = serde_json::json!({"name": "a", "request": request, "headers": [header], "expect": {"decision": "allow"}});
            let case: Case = serde_json::from_value(case).unwrap();
            Row::new(&case, &Observed::default(), String::new()).cells[0].clone()
        };
        let long = "a".repeat(60);
        assert_eq!(cell("GET /", "a: b"), "GET shop.example.com/ a: b");
        assert_eq!(
            cell("GET /", &format!("a: {long}")),
            format!("GET shop.example.com/ a: {}…", "a".repeat(25))
        );
        assert_eq!(cell(&format!("GET /{long}"), "a: b"), format!("GET shop.example.com/{long}…"));
        assert_eq!(cell(r"GET /a\\b", "a: b"), r"GET shop.example.com/a\b a: b");
        assert_eq!(cell(r"GET /a\xff", "a: b"), r"GET shop.example.com/a\xff a: b");
        assert_eq!(cell("GET", "a: b"), "GET shop.example.com a: b");
    }

    #[test]
    fn a_denial_of_grpc_has_a_status_and_no_target() {
        let case = serde_json::json!({"name": "a", "request": "POST /", "expect": {"decision": "deny", "reason": "denied"}});
        let case: Case = serde_json::from_value(case).unwrap();
        let observed = Observed {
            status: 200,
            headers: vec![("grpc-status".to_owned(), b"7".to_vec())],
            upstream: Some(SeenUpstream::default()),
            ..Observed::default()
        };
        let cells = Row::new(&case, &observed, "denied".to_owned()).cells;
        assert_eq!(cells[1..], ["grpc-status 7", "denied", "-"]);
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let row = |cell: &str, differences: Vec<String>| Row {
            cells: vec![cell.to_owned(), "b".to_owned()],
            differences,
        };
        let rows = [row("é", vec!["c".to_owned()]), row("wider", Vec::new())];
        let lines = ["one    two", "-----  ---", "é      b", "    not as expected: c", "wider  b", ""];
        assert_eq!(table(&["one", "two"], &rows), lines.join("\n"));
    }
}
