//! A decision as JSON.

use super::explained::Explained;
use super::readings::{self, Reading};
use super::shown;
use inspect::{HeaderLine, TriedRule, escape};
use modules::Module;
use policy::decision::{Ambiguity, Answer, Filter, RuleResult};
use serde_json::{Map, Value, json};

/// Returns the decision with every step.
pub fn object(explained: &Explained<'_>) -> Map<String, Value> {
    let decided = &explained.decided;
    let answer = decided.answer.as_ref();
    let decider = decided.decider();
    let filter = answer.map(|answer| answer.filter).or(decider.map(|(filter, _)| filter));
    let by = decided.by().into_iter().map(|(filter, rule)| json!({"filter": name(filter), "rule": rule}));
    let object = json!({
        "decision": decided.decision().name(),
        "filter": filter.map(name),
        "rule": decider.map(|(_, rule)| rule),
        "by": by.collect::<Value>(),
        "reason": answer.map(|answer| answer.reason.name()),
        "header": explained.header_item().map(|(item, name)| json!({"item": item, "name": name})),
        "mode": answer.map(|answer| answer.mode.name()),
        "reading": answer.and_then(|answer| reading(&answer.reading)),
        "status": decided.status(),
        "details": answer.map(Answer::details),
        "host": readings::host(explained).ok(),
        "path": path(explained),
        "ambiguous": decided.ambiguous.as_ref().map(ambiguous),
        "steps": decided.tried.iter().map(step).collect::<Value>(),
        "shadowed": decided.shadowed.iter().map(shadow_decision).collect::<Value>(),
        "response": {
            "status": decided.status(),
            "headers": headers(&decided.response),
            "body": decided.body().map(escape),
        },
        "upstream": upstream(explained),
        "awaitsKeys": decided.awaits_keys,
        "notes": explained.notes,
    });
    match object {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

fn name(filter: Filter) -> &'static str {
    Module::from(filter).name()
}

fn path(explained: &Explained<'_>) -> Value {
    let new: Vec<String> = explained.decided.rewritten.iter().map(|path| shown::path(path)).collect();
    let new = Some(new).filter(|readings| !readings.is_empty());
    match readings::all(explained) {
        None => Value::Null,
        Some(Err(reason)) => json!({"reason": reason}),
        Some(Ok(all)) => {
            let one =
                |reading: &Reading| json!({"path": shown::path(&reading.path), "because": reading.because});
            let all: Vec<Value> = all.iter().map(one).collect();
            json!({"canonical": all.first().and_then(|reading| reading.get("path")), "readings": all, "rewritten": new})
        }
    }
}

fn ambiguous(Ambiguity { new, reading }: &Ambiguity) -> Value {
    json!({"path": new.as_deref().map(shown::path), "reading": shown::path(reading)})
}

fn reading(reading: &Option<String>) -> Option<String> {
    reading.as_deref().map(shown::path)
}

fn step(TriedRule { filter, rule, reading, result }: &TriedRule) -> Value {
    let (result, field) = match result {
        RuleResult::Matched => ("matched", None),
        RuleResult::Shadowed => ("shadowed", None),
        RuleResult::Missed(field) => ("missed", Some(field.name())),
        RuleResult::Off => ("off", None),
    };
    json!({"filter": name(*filter), "rule": rule, "reading": self::reading(reading), "result": result, "field": field})
}

fn shadow_decision(answer: &Answer) -> Value {
    json!({
        "decision": answer.decision.name(), "filter": name(answer.filter),
        "rule": answer.rule.as_ref().map(ToString::to_string), "reason": answer.reason.name(),
        "reading": reading(&answer.reading), "status": answer.reply.seen_status(),
    })
}

/// Returns header lines; `\xHH` is a byte that is not text, as in case files.
fn headers<'l>(lines: impl IntoIterator<Item = &'l HeaderLine>) -> Value {
    let line = |(name, value): &HeaderLine| json!({"name": escape(name), "value": escape(value)});
    lines.into_iter().map(line).collect()
}

fn upstream(explained: &Explained<'_>) -> Value {
    let Some(lines) = &explained.decided.upstream else { return Value::Null };
    let pseudo = |name: &[u8]| lines.iter().find(|(other, _)| other == name).map(|(_, value)| escape(value));
    json!({
        "method": pseudo(b":method"),
        "authority": pseudo(b":authority"),
        "target": pseudo(b":path"),
        "headers": headers(lines.iter().filter(|(name, _)| !name.starts_with(b":"))),
    })
}
