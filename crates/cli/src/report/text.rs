//! Text: each diagnostic with the line of the file, and the place underlined.

use super::source::{Line, Source};
use crate::files::File;
use diagnostics::{Diagnostic, Severity, Span};
use std::collections::HashMap;

/// The maximum length of an excerpt, in characters.
const MAX_EXCERPT: usize = 120;

/// Renders each diagnostic, and a summary.
pub fn render(diagnostics: &[Diagnostic], files: &[File], policies: Option<usize>) -> String {
    let mut text = String::new();
    let texts: HashMap<&str, &str> =
        files.iter().map(|file| (file.name.as_str(), file.text.as_str())).collect();
    let mut sources: HashMap<&str, Source<'_>> = HashMap::new();
    for Diagnostic { file, span, severity, code, message, help, .. } in diagnostics {
        let severity = severity.name();
        text += &format!("{file}:{}:{}: {severity}: {code}: {message}\n", span.line, span.column);
        if let Some((name, source)) = texts.get_key_value(&**file) {
            let source = sources.entry(name).or_insert_with(|| Source::new(source));
            text += &source.line(span.line).map(|line| excerpt(line, *span)).unwrap_or_default();
        }
        if !help.is_empty() {
            text += &format!("help: {help}\n");
        }
        text.push('\n');
    }
    text + &summary(diagnostics, policies) + "\n"
}

/// Returns the number of policies, problems and warnings, such as `1 policy, no problems, 2 warnings`.
pub fn summary(diagnostics: &[Diagnostic], policies: Option<usize>) -> String {
    let count = |severity| diagnostics.iter().filter(|found| found.severity == severity).count();
    let number = |number: usize, one: &str, many: &str| match number {
        0 => format!("no {many}"),
        1 => format!("1 {one}"),
        _ => format!("{number} {many}"),
    };
    let policies = policies.map(|count| match count {
        0 => "0 policies".to_owned(),
        count => number(count, "policy", "policies"),
    });
    let problems = number(count(Severity::Error), "problem", "problems");
    let warnings = Some(count(Severity::Warning)).filter(|count| *count > 0);
    let warnings = warnings.map(|count| number(count, "warning", "warnings"));
    policies.into_iter().chain([problems]).chain(warnings).collect::<Vec<_>>().join(", ")
}

/// Returns a line with the span underlined; a long line is cut around the span.
fn excerpt(line: &Line<'_>, span: Span) -> String {
    let clean = |character: char| match character {
        '\t' => '→',
        _ if character.is_control() => ' ',
        _ => character,
    };
    let count = line.count();
    let at = span.column.saturating_sub(1).min(count);
    let skipped = if count > MAX_EXCERPT { at.saturating_sub(MAX_EXCERPT / 2) } else { 0 };
    let shown: String = line.from(skipped).take(MAX_EXCERPT).map(clean).collect();
    let before = if skipped > 0 { "…" } else { "" };
    let after = if count > skipped + MAX_EXCERPT { "…" } else { "" };
    let number = span.line.to_string();
    let margin = " ".repeat(number.len());
    let rest = (count - at).min(skipped + MAX_EXCERPT - at).max(1);
    let under = " ".repeat(at - skipped + before.chars().count()) + &"^".repeat(span.width.clamp(1, rest));
    format!(" {number} | {before}{shown}{after}\n {margin} | {under}\n")
}

#[cfg(test)]
mod tests {
    use super::{Source, Span};

    fn excerpt(line: &str, span: Span) -> String {
        super::excerpt(Source::new(line).line(1).unwrap(), span)
    }

    #[test]
    fn a_long_line_is_cut_around_the_span() {
        let line = "x".repeat(200) + "here" + &"y".repeat(200);
        let text = excerpt(&line, Span { line: 7, column: 201, width: 4 });
        let (shown, under) = text.split_once('\n').unwrap();
        let at = under.chars().position(|character| character == '^').unwrap();
        assert_eq!(shown.chars().skip(at).take(4).collect::<String>(), "here");
        assert_eq!((shown.chars().count(), under.matches('^').count()), (127, 4));
        let span = Span { line: 1, column: 9, width: 3 };
        assert_eq!(excerpt("a\tb", span), " 1 | a→b\n   |    ^\n");
    }
}
