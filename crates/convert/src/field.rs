//! Reads the fields of a document, by any of their spellings.

use serde_json::Value;

/// Returns a field. Protobuf's JSON accepts `snake_case` and `camelCase` for the same field; `name` is in `snake_case`.
pub fn get<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let mut fields = value.as_object()?.iter().filter(|(_, value)| !value.is_null());
    fields.find(|(key, _)| snake(key) == name).map(|(_, value)| value)
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
pub fn unknown_fields(value: &Value, known: &[&str]) -> Vec<String> {
    let fields = value.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    fields.map(|(name, _)| name).filter(|name| !known.contains(&snake(name).as_str())).cloned().collect()
}

/// Returns a name in `snake_case`.
pub fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        snake.extend(letter.is_ascii_uppercase().then_some('_'));
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}
