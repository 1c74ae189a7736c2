//! Problems of manifests, as people and programs read them.

use crate::files::File;
use netpol::Problem;
use serde_json::{Value, json};

/// Each problem with its line, and the place underlined.
pub fn text(problems: &[Problem], files: &[File]) -> String {
    let mut blocks: Vec<String> = problems.iter().map(|problem| block(problem, files)).collect();
    blocks.push(count(problems.len()));
    blocks.join("\n\n")
}

/// How many there are.
pub fn count(found: usize) -> String {
    format!("{found} problem{}", if found == 1 { "" } else { "s" })
}

/// The problems as JSON.
pub fn json(problems: &[Problem]) -> Value {
    let problem = |problem: &Problem| {
        let place = &problem.place;
        json!({
            "file": *place.file, "line": place.line, "column": place.column,
            "code": problem.code, "message": problem.message, "help": problem.help,
        })
    };
    json!({"problems": problems.iter().map(problem).collect::<Vec<_>>()})
}

fn block(problem: &Problem, files: &[File]) -> String {
    let place = &problem.place;
    let mut text = format!("{place}: {}", problem.message);
    let file = files.iter().find(|file| file.name == *place.file);
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
