//! A decision as text.

use super::explained::Explained;
use super::{readings, shown};
use crate::style::{BOLD, DIM, GREEN, RED, YELLOW, paint};
use anstyle::Style;
use inspect::{HeaderLine, TriedRule, escape};
use modules::Module;
use policy::decision::{Ambiguity, Answer, Decision, Filter, RuleResult};
use std::fmt::Write;

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
    let decided = &explained.decided;
    let mut page = format!("{}\n{}\n{}", decision(explained), input(explained), filters(explained));
    for answer in &decided.shadowed {
        let _ = writeln!(page, "\n{}  would be {}", paint(YELLOW, "shadow"), sentence(explained, answer));
    }
    page += &format!("\n{}\n{}", response(explained), upstream(explained));
    let awaits = "a module waits for the keys before it decides on this request";
    let awaits = decided.awaits_keys.then_some(awaits);
    for note in explained.notes.iter().map(String::as_str).chain(awaits) {
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
        Some(answer) => denied(explained, answer),
        None if let Some(first) = decided.shadowed.first() => {
            format!("allowed in shadow mode: would be {}", sentence(explained, first))
        }
        None if decided.by().is_empty() => "allowed: no rule denies it".to_owned(),
        None => format!("allowed by {}", rules.collect::<Vec<_>>().join(", ")),
    };
    format!("{}\n", paint(style_of(decided.decision()).bold(), sentence))
}

/// Returns the decision of the answer that ended the request.
fn denied(explained: &Explained<'_>, answer: &Answer) -> String {
    let header = explained.header_item().map(|(item, name)| format!(" by {item}, header {name}"));
    sentence(explained, answer) + &header.unwrap_or_default()
}

fn sentence(explained: &Explained<'_>, answer: &Answer) -> String {
    let rule = answer.rule.as_ref().map(|rule| format!("rule {rule} of ")).unwrap_or_default();
    let word = if answer.decision == Decision::Redirect { "redirected" } else { "denied" };
    let reading = answer.reading.as_ref().map(|reading| format!(" on {}", path(explained, reading)));
    let reading = reading.unwrap_or_default();
    format!("{word} by {rule}{}: {}{reading}", Module::from(answer.filter), answer.reason)
}

/// Returns a reading of the path, without secrets.
fn path(explained: &Explained<'_>, reading: &str) -> String {
    explained.secrets().text(&shown::path(reading))
}

/// Returns the host and the readings of the path.
fn input(explained: &Explained<'_>) -> String {
    let invalid = |reason: &str| paint(RED, format_args!("invalid: {reason}"));
    let line = |head: &str, value: &str| {
        let gap = 10 - head.len();
        format!("{}{:gap$}{value}\n", paint(BOLD, head), "")
    };
    let mut text =
        line("host", &readings::host(explained).map_or_else(invalid, |host| explained.secrets().text(&host)));
    match readings::all(explained) {
        None => text += &line("path", "none"),
        Some(Err(reason)) => text += &line("path", &invalid(reason)),
        Some(Ok(all)) => {
            for (place, reading) in all.iter().enumerate() {
                let (head, why) = match place {
                    0 => ("path", "the canonical path".to_owned()),
                    _ => ("or", reading.because.join(", ")),
                };
                let why = if all.len() > 1 { format!("  {}", paint(DIM, why)) } else { String::new() };
                text += &line(head, &format!("{}{why}", path(explained, &reading.path)));
            }
        }
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
            let ended =
                decided.answer.as_ref().is_some_and(|answer| inspect::precedes(answer.filter, filter));
            let _ = writeln!(text, "  {}", paint(DIM, if ended { "not reached" } else { "off" }));
            continue;
        }
        let tried: Vec<_> = decided.tried.iter().filter(|tried| tried.filter == filter).collect();
        let mut readings: Vec<&Option<String>> = Vec::new();
        for TriedRule { reading, .. } in &tried {
            if !readings.contains(&reading) {
                readings.push(reading);
            }
        }
        let width = tried.iter().map(|tried| tried.rule.len()).max().unwrap_or(0);
        for reading in &readings {
            let indent = if readings.len() > 1 { "    " } else { "  " };
            if let (Some(reading), true) = (reading, readings.len() > 1) {
                let _ = writeln!(text, "  on {}", path(explained, reading));
            }
            for tried in tried.iter().filter(|tried| tried.reading == **reading) {
                let _ = writeln!(text, "{indent}{}", attempt(&tried.rule, width, tried.result));
            }
        }
        if filter == Filter::PathPolicy
            && let Some((new, others)) = decided.rewritten.split_first()
        {
            let _ = writeln!(text, "  rewrote the path to {}", path(explained, new));
            for other in others {
                let _ = writeln!(text, "    or {}", path(explained, other));
            }
        }
        if filter == Filter::PathPolicy
            && let Some(ambiguity) = &decided.ambiguous
        {
            let _ = writeln!(text, "  {}", ambiguous(explained, ambiguity));
        }
        let matched = tried.iter().any(|tried| tried.result == RuleResult::Matched);
        if let Some(answer) = decided.answer.as_ref().filter(|answer| answer.filter == filter) {
            let _ = writeln!(text, "  {}", paint(style_of(answer.decision), denied(explained, answer)));
        } else if !matched {
            let _ = writeln!(text, "  {}", paint(DIM, "no rule matched"));
        }
    }
    text
}

/// Returns why the new path of a redirect or rewrite is ambiguous.
fn ambiguous(explained: &Explained<'_>, Ambiguity { new, reading }: &Ambiguity) -> String {
    let reading = path(explained, reading);
    match new {
        Some(new) => {
            let new = path(explained, new);
            format!("the new path {new} has the reading {reading}, which is not one of the replaced readings")
        }
        None => format!("the rule does not decide the reading {reading}"),
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
    let (decided, secrets) = (&explained.decided, explained.secrets());
    let from = match &decided.answer {
        Some(_) => decided.status().to_string(),
        None if decided.response.is_empty() => "from the upstream, unchanged".to_owned(),
        None => "from the upstream, with".to_owned(),
    };
    let mut text = format!("{}  {from}\n", paint(BOLD, "response"));
    for line in &decided.response {
        let _ = writeln!(text, "  {}", secrets.line(line));
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
    let secrets = explained.secrets();
    let find = |lines: &[HeaderLine], name: &[u8]| {
        lines.iter().find(|(other, _)| other == name).map(|(_, value)| secrets.text(&escape(value)))
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
    let field = |line: &&HeaderLine| !line.0.starts_with(b":");
    for line in before.iter().filter(field).filter(|line| !lines.contains(line)) {
        let _ = writeln!(text, "  {}", paint(RED, format_args!("- {}", secrets.line(line))));
    }
    for line in lines.iter().filter(field) {
        let _ = match before.contains(line) {
            true => writeln!(text, "    {}", secrets.line(line)),
            false => writeln!(text, "  {}", paint(GREEN, format_args!("+ {}", secrets.line(line)))),
        };
    }
    text
}
