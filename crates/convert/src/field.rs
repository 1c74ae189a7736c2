//! Reads the fields of a document, by any of their spellings.

use serde_json::Value;

/// Returns a field. Protobuf's JSON accepts `snake_case` and `camelCase` for the same field.
pub fn get<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let found = value.get(name).or_else(|| value.get(camel(name)));
    found.filter(|value| !value.is_null())
}

/// Returns a field as a string.
pub fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    get(value, name).and_then(Value::as_str)
}

/// Returns the items of a list; empty if the field is absent.
pub fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    get(value, name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Returns the strings of a list.
pub fn texts<'v>(value: &'v Value, name: &str) -> Vec<&'v str> {
    list(value, name).iter().filter_map(Value::as_str).collect()
}

/// Returns true if the field is `true`.
pub fn is_true(value: &Value, name: &str) -> bool {
    get(value, name).and_then(Value::as_bool) == Some(true)
}

/// Returns the names of the fields that are not among these, which are in `snake_case`.
pub fn others(value: &Value, known: &[&str]) -> Vec<String> {
    let fields = value.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    let unknown = |name: &&String| !known.iter().any(|other| *name == other || **name == camel(other));
    fields.map(|(name, _)| name).filter(unknown).cloned().collect()
}

fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let mut camel = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}
