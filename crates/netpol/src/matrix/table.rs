//! The matrix as a text table or a Markdown table.

use super::rows::Matrix;
use crate::reach::Name;
use std::fmt::Write;

/// Returns the matrix as a table with aligned columns.
pub fn table(matrix: &Matrix) -> String {
    let width = |name: &Name| name.text().chars().count();
    let from = matrix.rows.iter().map(|row| width(&row.from)).max().unwrap_or(0).max("FROM".len());
    let to = matrix.rows.iter().map(|row| width(&row.to)).max().unwrap_or(0).max("TO".len());
    let mut text = format!("{:from$}  {:to$}  PORTS\n", "FROM", "TO");
    for row in &matrix.rows {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{:from$}  {:to$}  {}", row.from, row.to, row.ports);
    }
    for (group, members) in matrix.groups.iter().filter(|(_, members)| members.len() > 1) {
        let _ = writeln!(text, "\n{group}:");
        members.iter().for_each(|member| {
            let _ = writeln!(text, "  {member}");
        });
    }
    text
}

/// Returns the matrix as a Markdown table.
pub fn markdown(matrix: &Matrix) -> String {
    let mut text = "| from | to | ports |\n|---|---|---|\n".to_owned();
    for row in &matrix.rows {
        let _ = writeln!(text, "| {} | {} | {} |", row.from, row.to, row.ports);
    }
    let several = matrix.groups.iter().filter(|(_, members)| members.len() > 1);
    for (index, (group, members)) in several.enumerate() {
        let start = if index == 0 { "\n" } else { "" };
        let _ = writeln!(text, "{start}- {group}: {}", members.join(", "));
    }
    text
}
