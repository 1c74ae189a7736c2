//! What was found, as people, programs and GitHub read it.

use super::finding::{Finding, Severity};
use serde_json::{Value, json};

/// What was found in one file.
#[derive(Debug)]
pub struct Report {
    /// The file, as it was named.
    pub file: String,
    /// Its text.
    pub text: String,
    /// How many policies it has.
    pub policies: usize,
    /// What was found.
    pub found: Vec<Finding>,
}

/// Each finding with its line, and the place underlined; then how many there are.
pub fn text(reports: &[Report]) -> String {
    let mut text = String::new();
    for report in reports {
        let lines: Vec<&str> = report.text.lines().collect();
        for found in &report.found {
            let Finding { severity, mark, code, message, help, .. } = found;
            let (file, severity) = (&report.file, severity.name());
            text += &format!("{file}:{}:{}: {severity}: {code}: {message}\n", mark.line, mark.column);
            if let Some(line) = mark.line.checked_sub(1).and_then(|index| lines.get(index)) {
                text += &excerpt(line, mark.line, mark.column, mark.width);
            }
            if !help.is_empty() {
                text += &format!("help: {help}\n");
            }
            text.push('\n');
        }
    }
    text + &summary(reports) + "\n"
}

/// How many characters of a line are shown at most.
const SHOWN: usize = 120;

/// A line and what stands under it. Of a long line a part is shown.
fn excerpt(line: &str, number: usize, column: usize, width: usize) -> String {
    let clean = |character: char| if character.is_control() { ' ' } else { character };
    let characters: Vec<char> = line.chars().map(clean).collect();
    let at = column.saturating_sub(1).min(characters.len());
    let skipped = if characters.len() > SHOWN { at.saturating_sub(SHOWN / 2) } else { 0 };
    let shown: String = characters.iter().skip(skipped).take(SHOWN).collect();
    let (before, after) =
        (if skipped > 0 { "…" } else { "" }, if characters.len() > skipped + SHOWN { "…" } else { "" });
    let number = number.to_string();
    let margin = " ".repeat(number.len());
    let rest = (characters.len() - at).min(skipped + SHOWN - at).max(1);
    let under = " ".repeat(at - skipped + before.chars().count()) + &"^".repeat(width.clamp(1, rest));
    format!(" {number} | {before}{shown}{after}\n {margin} | {under}\n")
}

/// How many policies there are, and how many problems and warnings.
pub fn summary(reports: &[Report]) -> String {
    let count = |severity| {
        let all = reports.iter().flat_map(|report| &report.found);
        all.filter(|found| found.severity == severity).count()
    };
    let of =
        |number: usize, one: &str, many: &str| format!("{number} {}", if number == 1 { one } else { many });
    let policies = of(reports.iter().map(|report| report.policies).sum(), "policy", "policies");
    let problems = match count(Severity::Error) {
        0 => "no problems".to_owned(),
        number => of(number, "problem", "problems"),
    };
    match count(Severity::Warning) {
        0 => format!("{policies}, {problems}"),
        number => format!("{policies}, {problems}, {}", of(number, "warning", "warnings")),
    }
}

/// For programs.
pub fn json(reports: &[Report]) -> Value {
    let value = |file: &str, found: &Finding| {
        let Finding { severity, mark, code, path, message, help } = found;
        json!({
            "severity": severity.name(), "code": code, "file": file, "line": mark.line, "column": mark.column,
            "width": mark.width, "path": path, "message": message, "help": help,
        })
    };
    let found = reports.iter().flat_map(|report| report.found.iter().map(|found| value(&report.file, found)));
    let policies: usize = reports.iter().map(|report| report.policies).sum();
    json!({"policies": policies, "problems": found.collect::<Vec<_>>()})
}

/// Commands that GitHub shows at the lines of a change.
pub fn github(reports: &[Report]) -> String {
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let mut text = String::new();
    for report in reports {
        for Finding { severity, mark, code, message, help, .. } in &report.found {
            let (line, column, end) = (mark.line, mark.column, mark.column + mark.width);
            let said = if help.is_empty() { message.clone() } else { format!("{message}\n{help}") };
            text += &format!(
                "::{} file={},line={line},col={column},endColumn={end},title={code}::{}\n",
                severity.name(),
                property(&report.file),
                data(&said),
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[test]
    fn of_a_long_line_a_part_is_shown() {
        let line = "x".repeat(200) + "here" + &"y".repeat(200);
        let text = excerpt(&line, 7, 201, 4);
        let (shown, under) = text.split_once('\n').unwrap();
        let at = under.chars().position(|character| character == '^').unwrap();
        assert_eq!(shown.chars().skip(at).take(4).collect::<String>(), "here");
        assert_eq!((shown.chars().count(), under.matches('^').count()), (127, 4));
        assert_eq!(excerpt("a\tb", 1, 9, 3), " 1 | a b\n   |    ^\n");
    }
}
