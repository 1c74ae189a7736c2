//! The values of a policy, with their places.

use crate::warning::below;
use serde_json::Value;

/// A value and its place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'p> {
    pub(crate) value: &'p Value,
    /// The path from the root.
    pub(crate) path: &'p str,
    /// The field that contains it, or the list that it is an item of.
    pub(crate) field: &'p str,
}

/// Calls `check` for each value, except inline keys, which may be secret.
pub(crate) fn each(path: &str, value: &Value, check: &mut dyn FnMut(Place<'_>)) {
    visit(Place { value, path, field: "" }, check);
}

fn visit(place: Place<'_>, check: &mut dyn FnMut(Place<'_>)) {
    check(place);
    match place.value {
        Value::Object(fields) => {
            for (field, value) in fields.iter().filter(|(field, _)| *field != "inline") {
                visit(Place { value, path: &below(place.path, field), field }, check);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                visit(Place { value, path: &format!("{}[{index}]", place.path), field: place.field }, check);
            }
        }
        _ => {}
    }
}
