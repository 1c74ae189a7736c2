//! What stands twice in one list.

use crate::Found;
use crate::path::Pattern;
use crate::walk::Place;
use serde_json::Value;
use std::collections::HashMap;

/// The lists in which an item twice says nothing.
const LISTS: [&str; 19] = [
    "algorithms",
    "anyOf",
    "audiences",
    "claims",
    "cookies",
    "forbid",
    "headers",
    "hosts",
    "methods",
    "oneOf",
    "paths",
    "ports",
    "presets",
    "query",
    "remove",
    "require",
    "scopes",
    "single",
    "types",
];

pub(crate) fn look(place: Place<'_>, found: &mut Found) {
    let Value::Array(items) = place.value else { return };
    if !LISTS.contains(&place.field) {
        return;
    }
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (index, item) in items.iter().enumerate() {
        let Some(first) = seen.insert(said(place.field, item), index) else { continue };
        let message = format!("this is {}[{first}] again", place.path);
        found.add("duplicate_pattern", format!("{}[{index}]", place.path), message, "list it once");
    }
}

/// What an item says, however it is spelled.
fn said(field: &str, item: &Value) -> String {
    match (field, item) {
        ("paths", _) => Pattern::read(item).map_or_else(|| item.to_string(), |pattern| pattern.spelled()),
        ("hosts" | "single" | "remove", Value::String(name)) => name.to_ascii_lowercase(),
        _ => item.to_string(),
    }
}
