//! A decision as text.

use super::explained::Explained;
use super::readings;
use anstyle::{AnsiColor, Style};
use inspect::{HeaderLine, escape};
use modules::Module;
use policy::decision::{Answer, Decision, Filter, RuleResult, Step};
use std::fmt::Write;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();

/// Returns the text in a style.
fn paint(style: Style, text: impl std::fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}

/// Returns the style of a decision.
pub fn style_of(decision: Decision) -> Style {
    match decision {
        Decision::Allow => GREEN,
        Decision::Deny => RED,
        Decision::Redirect => YELLOW,
    }
}

/// Returns the decision with every step.
pub fn page(explained: &Explained<'_>) -> String {
    let mut page = decision(explained);
    page += &format!("\n{}", input(explained));
    page += &format!("\n{}", filters(explained));
    for answer in &explained.decided.shadowed {
        let _ = writeln!(page, "\n{}  would be {}", paint(YELLOW, "shadow"), sentence(answer));
    }
    page += &format!("\n{}", response(explained));
    page += &format!("\n{}", upstream(explained));
    for note in explained.notes {
        let _ = writeln!(page, "\n{}: {note}", paint(YELLOW, "note"));
    }
    if explained.decided.awaits_keys {
        let note = "a module waits for the keys before it decides about this request";
        let _ = writeln!(page, "\n{}: {note}", paint(YELLOW, "note"));
    }
    page
}

/// Returns the line with the decision, the rule and the reason.
fn decision(explained: &Explained<'_>) -> String {
    let decided = &explained.decided;
    let rules = decided
        .by()
        .into_iter()
        .map(|(filter, rule)| format!("rule {} of {}", rule.unwrap_or("-"), Module::from(filter)));
    let sentence = match &decided.answer {
        Some(answer) => sentence(answer),
        None if decided.by().is_empty() => "allowed: no rule denies it".to_owned(),
        None => format!("allowed by {}", rules.collect::<Vec<_>>().join(", ")),
    };
    format!("{}\n", paint(style_of(decided.decision()).bold(), sentence))
}

fn sentence(answer: &Answer) -> String {
    let rule = answer.rule.as_ref().map(|rule| format!("rule {rule} of ")).unwrap_or_default();
    let word = if answer.decision == Decision::Redirect { "redirected" } else { "denied" };
    let reading = answer.reading.as_ref().map(|path| format!(" on {path}")).unwrap_or_default();
    format!("{word} by {rule}{}: {}{reading}", Module::from(answer.filter), answer.reason)
}

/// Returns the host and the readings of the path.
fn input(explained: &Explained<'_>) -> String {
    let host = match readings::host(explained) {
        Ok(host) => host,
        Err(reason) => paint(RED, format_args!("invalid: {reason}")),
    };
    let mut text = format!("{}      {host}\n", paint(BOLD, "host"));
    let all = match readings::all(explained) {
        None => return text + &format!("{}      none\n", paint(BOLD, "path")),
        Some(Err(reason)) => {
            let why = paint(RED, format_args!("invalid: {reason}"));
            return text + &format!("{}      {why}\n", paint(BOLD, "path"));
        }
        Some(Ok(all)) => all,
    };
    for (place, reading) in all.iter().enumerate() {
        let (head, why) = match place {
            0 => ("path", "the canonical path".to_owned()),
            _ => ("or", reading.because.join(", ")),
        };
        let why = if all.len() > 1 { format!("  {}", paint(DIM, why)) } else { String::new() };
        let gap = " ".repeat(10 - head.len());
        let _ = writeln!(text, "{}{gap}{}{why}", paint(BOLD, head), reading.path);
    }
    text
}

/// Returns each filter with the rules that it tried.
fn filters(explained: &Explained<'_>) -> String {
    let decided = &explained.decided;
    let mut text = String::new();
    for filter in explained.policy.filters() {
        let _ = writeln!(text, "{}", paint(BOLD, Module::from(filter)));
        if !decided.entered.contains(&filter) {
            let ended = decided.answer.as_ref().is_some_and(|answer| (answer.filter as u8) < filter as u8);
            let _ = writeln!(text, "  {}", paint(DIM, if ended { "not reached" } else { "off" }));
            continue;
        }
        let steps: Vec<_> = decided.steps.iter().filter_map(|step| of_filter(step, filter)).collect();
        let mut seen: Vec<Option<&str>> = Vec::new();
        for (reading, ..) in &steps {
            if !seen.contains(reading) {
                seen.push(*reading);
            }
        }
        let width = steps.iter().map(|(_, rule, _)| rule.len()).max().unwrap_or(0);
        for reading in &seen {
            let indent = if seen.len() > 1 { "    " } else { "  " };
            if let (Some(path), true) = (reading, seen.len() > 1) {
                let _ = writeln!(text, "  on {path}");
            }
            for (_, rule, tried) in steps.iter().filter(|(other, ..)| other == reading) {
                let _ = writeln!(text, "{indent}{}", attempt(rule, width, *tried));
            }
        }
        let matched = steps.iter().any(|(.., tried)| *tried == RuleResult::Matched);
        if let Some(answer) = decided.answer.as_ref().filter(|answer| answer.filter == filter) {
            let _ = writeln!(text, "  {}", paint(style_of(answer.decision), sentence(answer)));
        } else if !matched {
            let _ = writeln!(text, "  {}", paint(DIM, "no rule matched"));
        }
    }
    text
}

fn of_filter(step: &Step, of: Filter) -> Option<(Option<&str>, &str, RuleResult)> {
    match step {
        Step::Rule { filter, rule, reading, tried } if *filter == of => {
            Some((reading.as_deref(), rule, *tried))
        }
        _ => None,
    }
}

fn attempt(rule: &str, width: usize, tried: RuleResult) -> String {
    match tried {
        RuleResult::Matched => paint(GREEN, format_args!("matched   {rule}")),
        RuleResult::Shadowed => {
            paint(YELLOW, format_args!("shadowed  {rule:width$}  matched, but not applied"))
        }
        RuleResult::Missed(field) => {
            paint(DIM, format_args!("missed    {rule:width$}  `{}` does not match", field.name()))
        }
        RuleResult::Off => paint(DIM, format_args!("off       {rule}")),
    }
}

/// Returns the response that the client gets.
fn response(explained: &Explained<'_>) -> String {
    let decided = &explained.decided;
    let mut text = match &decided.answer {
        Some(_) => format!("{}  {}\n", paint(BOLD, "response"), decided.status()),
        None if decided.response.is_empty() => {
            format!("{}  from the upstream, unchanged\n", paint(BOLD, "response"))
        }
        None => format!("{}  from the upstream, with\n", paint(BOLD, "response")),
    };
    for (name, value) in &decided.response {
        let _ = writeln!(text, "  {}: {}", escape(name), escape(value));
    }
    if let Some(body) = decided.body().filter(|body| !body.is_empty()) {
        let _ = writeln!(text, "\n  {}", String::from_utf8_lossy(body));
    }
    text
}

/// Returns the request that the upstream gets: `+` before added header lines, `-` before removed ones.
fn upstream(explained: &Explained<'_>) -> String {
    let head = paint(BOLD, "upstream");
    let Some(lines) = &explained.decided.upstream else { return format!("{head}  no request\n") };
    let before: Vec<HeaderLine> =
        explained.request.lines().map(|(name, value)| (name.to_vec(), value.trim_ascii().to_vec())).collect();
    let find = |lines: &[HeaderLine], name: &[u8]| {
        lines.iter().find(|(other, _)| other == name).map(|(_, value)| escape(value))
    };
    let (target, came) = (find(lines, b":path"), find(&before, b":path"));
    let mut text = format!("{head}  {}", find(lines, b":method").unwrap_or_default());
    if let Some(target) = &target {
        let _ = write!(text, " {target}");
    }
    if target != came {
        let _ = write!(text, "  {}", paint(YELLOW, format_args!("received as {}", came.unwrap_or_default())));
    }
    let _ = writeln!(text, "\n    host: {}", find(lines, b":authority").unwrap_or_default());
    for (mark, style, (name, value)) in changes(&before, lines) {
        let line = format!("{mark} {}: {}", escape(name), escape(value));
        let _ = writeln!(text, "  {}", style.map_or(line.clone(), |style| paint(style, &line)));
    }
    text
}

/// Returns each header line with its change, the removed lines first.
fn changes<'l>(
    before: &'l [HeaderLine],
    after: &'l [HeaderLine],
) -> Vec<(char, Option<Style>, &'l HeaderLine)> {
    let field = |line: &&HeaderLine| !line.0.starts_with(b":");
    let gone = before.iter().filter(field).filter(|line| !after.contains(line));
    let gone = gone.map(|line| ('-', Some(RED), line));
    let now = after.iter().filter(field);
    gone.chain(now.map(|line| match before.contains(line) {
        true => (' ', None, line),
        false => ('+', Some(GREEN), line),
    }))
    .collect()
}
