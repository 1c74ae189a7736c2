//! Each value of a policy, with its place.

use crate::below;
use serde_json::Value;

/// A value and where it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'p> {
    pub(crate) value: &'p Value,
    /// Its path from the top.
    pub(crate) path: &'p str,
    /// The field that it stands in, or the list that it is an item of.
    pub(crate) field: &'p str,
}

/// Hands over each value but keys, which are nobody's to read.
pub(crate) fn each(path: &str, value: &Value, look: &mut dyn FnMut(Place<'_>)) {
    visit(Place { value, path, field: "" }, look);
}

fn visit(place: Place<'_>, look: &mut dyn FnMut(Place<'_>)) {
    look(place);
    match place.value {
        Value::Object(fields) => {
            for (field, value) in fields.iter().filter(|(field, _)| *field != "inline") {
                visit(Place { value, path: &below(place.path, field), field }, look);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                visit(Place { value, path: &format!("{}[{index}]", place.path), field: place.field }, look);
            }
        }
        _ => {}
    }
}
