//! A summary of many decisions.

use super::explained::Explained;
use super::requests::Requests;
use super::{json, text};
use crate::output;
use inspect::Policy;
use modules::Module;
use policy::decision::Decision;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The common properties of the requests of a row.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    decision: &'static str,
    by: Vec<(&'static str, Option<String>)>,
    reason: &'static str,
}

#[derive(Debug)]
struct Count {
    decision: Decision,
    requests: usize,
    example: String,
}

/// Prints how many requests each rule allowed, denied or redirected.
pub fn print(policy: &Policy, requests: &Requests, now: u64, notes: &[String], as_json: bool) {
    let mut groups: BTreeMap<Group, Count> = BTreeMap::new();
    let mut results: Vec<Value> = Vec::new();
    for named in &requests.read {
        let explained = Explained::new(policy, named.request.clone(), now, &[], &[]);
        let count = groups.entry(group(&explained)).or_insert_with(|| Count {
            decision: explained.decided.decision(),
            requests: 0,
            example: inspect::escape(named.text.as_bytes()),
        });
        count.requests += 1;
        if as_json {
            let mut object = json::object(&explained);
            object.insert("request".to_owned(), named.text.as_str().into());
            results.push(Value::Object(object));
        }
    }
    let mut groups: Vec<(Group, Count)> = groups.into_iter().collect();
    groups.sort_by_key(|(_, count)| std::cmp::Reverse(count.requests));
    if as_json {
        output::json(&json!({
            "requests": requests.read.len(), "summary": groups.iter().map(row).collect::<Vec<_>>(),
            "skipped": requests.skipped, "notes": notes, "results": results,
        }));
    } else {
        output::coloured(&table(&groups));
        output::text(&tail(requests, notes));
    }
}

fn group(explained: &Explained<'_>) -> Group {
    let decided = &explained.decided;
    let by =
        decided.by().into_iter().map(|(filter, rule)| (Module::from(filter).name(), rule.map(str::to_owned)));
    Group {
        decision: decided.decision().name(),
        by: by.collect(),
        reason: decided.answer.as_ref().map_or("-", |answer| answer.reason.name()),
    }
}

fn row((group, count): &(Group, Count)) -> Value {
    let by = group.by.iter().map(|(filter, rule)| json!({"filter": filter, "rule": rule}));
    json!({
        "decision": group.decision, "by": by.collect::<Vec<_>>(),
        "reason": (group.reason != "-").then_some(group.reason),
        "requests": count.requests, "example": count.example,
    })
}

/// Returns the rules as one cell: `vhost-policy/shop, path-policy/public`.
fn by(group: &Group) -> String {
    let one = |(filter, rule): &(&str, Option<String>)| match rule {
        Some(rule) => format!("{filter}/{rule}"),
        None => (*filter).to_owned(),
    };
    let cell = group.by.iter().map(one).collect::<Vec<_>>().join(", ");
    if cell.is_empty() { "-".to_owned() } else { cell }
}

/// Returns a row for each group, the most frequent first.
fn table(groups: &[(Group, Count)]) -> String {
    let head = ["requests", "decision", "by", "reason", "example"].map(str::to_owned);
    let cells = |(group, count): &(Group, Count)| {
        [
            count.requests.to_string(),
            group.decision.to_owned(),
            by(group),
            group.reason.to_owned(),
            count.example.clone(),
        ]
    };
    let rows: Vec<[String; 5]> = std::iter::once(head).chain(groups.iter().map(cells)).collect();
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..5).map(width).collect();
    let styles = std::iter::once(None).chain(groups.iter().map(|(_, count)| Some(count.decision)));
    let mut table = String::new();
    for (row, decision) in rows.iter().zip(styles) {
        let padded = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        let line = padded.collect::<Vec<_>>().join("  ");
        let style = decision.map(text::style_of).unwrap_or(anstyle::Style::new().bold());
        table += &format!("{style}{}{style:#}\n", line.trim_end());
    }
    table
}

fn tail(requests: &Requests, notes: &[String]) -> String {
    let mut tail = format!("\n{} requests\n", requests.read.len());
    if !requests.skipped.is_empty() {
        tail += &format!("skipped: {}\n", requests.skipped.len());
        for line in requests.skipped.iter().take(10) {
            tail += &format!("  {line}\n");
        }
    }
    for note in notes {
        tail += &format!("note: {note}\n");
    }
    tail
}
