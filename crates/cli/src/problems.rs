//! Problems of manifests, as people and programs read them.

use crate::files::File;
use diagnostics::Diagnostic;
use serde_json::{Value, json};

/// Each problem with its line, and the place underlined.
pub fn text(problems: &[Diagnostic], files: &[File]) -> String {
    let mut blocks: Vec<String> = problems.iter().map(|problem| block(problem, files)).collect();
    blocks.push(count(problems.len()));
    blocks.join("\n\n")
}

/// How many there are.
pub fn count(found: usize) -> String {
    format!("{found} problem{}", if found == 1 { "" } else { "s" })
}

/// The problems as JSON.
pub fn json(problems: &[Diagnostic]) -> Value {
    let problem = |problem: &Diagnostic| {
        json!({
            "file": *problem.file, "line": problem.span.line, "column": problem.span.column,
            "code": problem.code, "message": problem.message, "help": problem.help,
        })
    };
    json!({"problems": problems.iter().map(problem).collect::<Vec<_>>()})
}

fn block(problem: &Diagnostic, files: &[File]) -> String {
    let Diagnostic { file, span: place, message, .. } = problem;
    let mut text = format!("{file}:{}:{}: {message}", place.line, place.column);
    let file = files.iter().find(|other| other.name == **file);
    if let Some(line) = file.and_then(|file| file.text.lines().nth(place.line.saturating_sub(1))) {
        let number = place.line.to_string();
        let margin = " ".repeat(number.len());
        let before = " ".repeat(place.column.saturating_sub(1));
        let rest = line.chars().count().saturating_sub(place.column.saturating_sub(1)).max(1);
        let under = "^".repeat(place.width.min(rest));
        text += &format!("\n {number} | {line}\n {margin} | {before}{under}");
    }
    if !problem.help.is_empty() {
        text += &format!("\nhelp: {}", problem.help);
    }
    text
}
