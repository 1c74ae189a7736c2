//! A decision as JSON.

use super::explained::Explained;
use super::readings;
use inspect::{HeaderLine, escape};
use modules::Module;
use policy::decision::{Answer, Filter, RuleResult, Step};
use serde_json::{Map, Value, json};

/// Returns the decision with every step.
pub fn object(explained: &Explained<'_>) -> Map<String, Value> {
    let decided = &explained.decided;
    let answer = decided.answer.as_ref();
    let decider = decided.decider();
    let filter = answer.map(|answer| answer.filter).or(decider.map(|(filter, _)| filter));
    let fields = [
        ("decision", decided.decision().name().into()),
        ("filter", filter.map(name).into()),
        ("rule", decider.map(|(_, rule)| rule).into()),
        (
            "by",
            decided.by().into_iter().map(|(of, rule)| json!({"filter": name(of), "rule": rule})).collect(),
        ),
        ("reason", answer.map(|answer| answer.reason.name()).into()),
        ("mode", answer.map(|answer| answer.mode.name()).into()),
        ("reading", answer.and_then(|answer| answer.reading.clone()).into()),
        ("status", decided.status().into()),
        ("details", answer.map(Answer::details).into()),
        ("host", readings::host(explained).ok().into()),
        ("path", path(explained)),
        ("steps", decided.steps.iter().filter_map(step).collect()),
        ("shadowed", decided.shadowed.iter().map(shadow_decision).collect()),
        ("response", response(explained)),
        ("upstream", upstream(explained)),
        ("awaitsKeys", decided.awaits_keys.into()),
        ("notes", explained.notes.into()),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn name(filter: Filter) -> &'static str {
    Module::from(filter).name()
}

fn path(explained: &Explained<'_>) -> Value {
    match readings::all(explained) {
        None => Value::Null,
        Some(Err(reason)) => json!({"reason": reason}),
        Some(Ok(all)) => {
            let canonical = all.first().map(|reading| reading.path.clone());
            let reading =
                |reading: &readings::Reading| json!({"path": reading.path, "because": reading.because});
            json!({"canonical": canonical, "readings": all.iter().map(reading).collect::<Vec<_>>()})
        }
    }
}

fn step(step: &Step) -> Option<Value> {
    let Step::Rule { filter, rule, reading, tried } = step else { return None };
    let (result, field) = match tried {
        RuleResult::Matched => ("matched", None),
        RuleResult::Shadowed => ("shadowed", None),
        RuleResult::Missed(field) => ("missed", Some(field.name())),
        RuleResult::Off => ("off", None),
    };
    Some(json!({
        "filter": name(*filter), "rule": rule, "reading": reading, "result": result, "field": field,
    }))
}

fn shadow_decision(answer: &Answer) -> Value {
    json!({
        "decision": answer.decision.name(), "filter": name(answer.filter),
        "rule": answer.rule.as_ref().map(ToString::to_string), "reason": answer.reason.name(),
        "reading": answer.reading, "status": answer.reply.seen_status(),
    })
}

/// Returns header lines; `\xHH` is a byte that is not text, as in case files.
fn headers<'l>(lines: impl IntoIterator<Item = &'l HeaderLine>) -> Value {
    let line = |(name, value): &HeaderLine| json!({"name": escape(name), "value": escape(value)});
    lines.into_iter().map(line).collect()
}

fn response(explained: &Explained<'_>) -> Value {
    let decided = &explained.decided;
    json!({
        "status": decided.status(),
        "headers": headers(&decided.response),
        "body": decided.body().map(escape),
    })
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
