//! For people: a table of aligned columns, or one of Markdown.

use super::{Matrix, Row};
use std::fmt::Write;

/// The matrix in aligned columns; empty where no one may talk to anyone.
pub fn table(matrix: &Matrix) -> String {
    let cells: Vec<[String; 3]> = matrix.rows.iter().map(cells).collect();
    let width = |text: &str| text.chars().count();
    let [mut from, mut to] = [width("FROM"), width("TO")];
    for [source, destination, _] in &cells {
        from = from.max(width(source));
        to = to.max(width(destination));
    }
    let mut text = String::new();
    let header = ["FROM".to_owned(), "TO".to_owned(), "PORTS".to_owned()];
    for [source, destination, ports] in std::iter::once(&header).chain(&cells) {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{source:from$}  {destination:to$}  {ports}");
    }
    for (group, members) in matrix.groups.iter().filter(|(_, members)| members.len() > 1) {
        let _ = writeln!(text, "\n{group}:");
        members.iter().for_each(|member| {
            let _ = writeln!(text, "  {member}");
        });
    }
    text
}

/// The matrix as a table of Markdown.
pub fn markdown(matrix: &Matrix) -> String {
    let mut text = "| from | to | ports |\n|---|---|---|\n".to_owned();
    for row in &matrix.rows {
        let [from, to, ports] = cells(row);
        let _ = writeln!(text, "| {from} | {to} | {ports} |");
    }
    let several = matrix.groups.iter().filter(|(_, members)| members.len() > 1);
    for (index, (group, members)) in several.enumerate() {
        let start = if index == 0 { "\n" } else { "" };
        let _ = writeln!(text, "{start}- {group}: {}", members.join(", "));
    }
    text
}

fn cells(row: &Row) -> [String; 3] {
    [row.from.to_string(), row.to.to_string(), row.ports.to_string()]
}
