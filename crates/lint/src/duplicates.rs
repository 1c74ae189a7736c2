//! Items that are listed twice.

use crate::walk::Place;
use crate::warning::warning;
use policy::document::{Problem, read};
use policy::vocabulary::PathMatch;
use serde_json::Value;
use std::collections::HashMap;

/// The lists in which an item may be repeated: edits, and the names on the way to a claim.
const REPEATABLE: [&str; 6] = ["add", "claim", "claimToHeaders", "rename", "rewrite", "set"];

pub(crate) fn check(place: Place<'_>, found: &mut Vec<Problem>) {
    let Value::Array(items) = place.value else { return };
    if REPEATABLE.contains(&place.field) {
        return;
    }
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (index, item) in items.iter().enumerate() {
        let Some(first) = seen.insert(normalized(place.field, item), index) else { continue };
        let message = format!("duplicate of {}[{first}]", place.path);
        found.push(warning(
            "duplicate_pattern",
            format!("{}[{index}]", place.path),
            message,
            "remove one of them",
        ));
    }
}

/// Returns the same text for all spellings of an item.
fn normalized(field: &str, item: &Value) -> String {
    match (field, item) {
        ("paths", _) if item.get("regex").is_none() => {
            let pattern = read::<PathMatch>(item.to_string().as_bytes());
            pattern.map_or_else(|_| item.to_string(), |p| format!("{:?} {}", p.shape(), p.ignores_case()))
        }
        ("hosts" | "single" | "remove", Value::String(name)) => name.to_ascii_lowercase(),
        _ => item.to_string(),
    }
}
