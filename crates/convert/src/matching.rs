//! Converts conjuncts to the matches of rules.

use crate::expr::{Conjunct, Field, Side};
use serde_json::{Map, Value, json};

/// The match of a conjunct.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Match {
    /// The field `match` of a rule; if empty, it matches every request.
    pub request: Map<String, Value>,
    /// The claims of the required token; `None` if no token is required.
    pub token: Option<Vec<Value>>,
    /// The claims that a token must not all have; if empty, there must be no token.
    pub no_token: Option<Vec<Value>>,
    /// Hosts that the source accepts only without a port.
    pub portless: Vec<String>,
    /// Conditions that were omitted, so that the rule matches more.
    pub losses: Vec<String>,
}

/// Returns the match of a conjunct.
///
/// # Errors
/// Returns why a rule that allows cannot express the conjunct.
pub fn of_conjunct(conjunct: &Conjunct, side: Side) -> Result<Match, String> {
    let mut built = Match::default();
    let mut not = Map::new();
    for literal in conjunct {
        built.portless.extend(literal.portless.clone());
        let values = &literal.values;
        let added = match (literal.field, literal.positive) {
            (Field::Headers, false) if not.contains_key("headers") => {
                Err("a second header that must not match")
            }
            (Field::Token, false) if built.no_token.is_some() => Err("a second condition on tokens"),
            (Field::Token, false) => {
                built.no_token = Some(values.clone());
                Ok(())
            }
            (Field::Token, true) => {
                built.token.get_or_insert_default().extend(values.clone());
                Ok(())
            }
            (Field::Headers, true) => append(&mut built.request, "headers", values),
            (field, false) => append(&mut not, name(field), values),
            (field, true) => narrow(&mut built.request, name(field), values),
        };
        match (added, side) {
            (Ok(()), _) => {}
            (Err(what), Side::Over) => built.losses.push(format!("{what}: the rule denies more")),
            (Err(what), Side::Under) => return Err(what.to_owned()),
        }
    }
    if !not.is_empty() {
        built.request.insert("not".to_owned(), not.into());
    }
    Ok(built)
}

fn name(field: Field) -> &'static str {
    match field {
        Field::Methods => "methods",
        Field::Hosts => "hosts",
        Field::Paths => "paths",
        Field::Headers => "headers",
        Field::Token => "claims",
    }
}

fn append(fields: &mut Map<String, Value>, name: &str, values: &[Value]) -> Result<(), &'static str> {
    let list = fields.entry(name).or_insert_with(|| json!([]));
    if let Value::Array(list) = list {
        for value in values {
            if !list.contains(value) {
                list.push(value.clone());
            }
        }
    }
    Ok(())
}

/// Adds values to a field that may have values already: the intersection, if both lists have exact values only.
fn narrow(fields: &mut Map<String, Value>, name: &str, values: &[Value]) -> Result<(), &'static str> {
    let Some(Value::Array(before)) = fields.get(name) else {
        return append(fields, name, values);
    };
    let is_exact = |value: &Value| match value {
        Value::String(text) => !text.contains('*'),
        other => other.get("exact").is_some() && other.get("ignoreCase").is_none(),
    };
    if before == values {
        return Ok(());
    }
    let common: Vec<Value> = before.iter().filter(|value| values.contains(value)).cloned().collect();
    if !before.iter().chain(values).all(is_exact) {
        return Err("two conditions on the same field");
    }
    if common.is_empty() {
        return Err("two conditions on the same field that exclude each other");
    }
    fields.insert(name.to_owned(), common.into());
    Ok(())
}
