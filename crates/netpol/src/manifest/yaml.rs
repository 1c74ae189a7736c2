//! JSON as YAML in block style.

use serde_json::Value;
use yaml::{Data, plain};

/// A document of YAML. Keys stand in the order of the value's own.
pub fn yaml(value: &Value) -> String {
    let mut text = String::new();
    match value {
        Value::Object(_) | Value::Array(_) => block(value, 0, &mut text),
        scalar => text.push_str(&flow(scalar)),
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// Writes what stands on lines of its own; the first line is indented by whoever came before.
fn block(value: &Value, indent: usize, text: &mut String) {
    let margin = " ".repeat(indent);
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (index, (key, value)) in fields.iter().enumerate() {
                if index > 0 {
                    text.push_str(&margin);
                }
                text.push_str(&string(key));
                text.push(':');
                inside(value, indent, text);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push_str(&margin);
                }
                text.push_str("- ");
                block(item, indent + 2, text);
            }
        }
        other => {
            text.push_str(&flow(other));
            text.push('\n');
        }
    }
}

/// Writes the value of a key.
fn inside(value: &Value, indent: usize, text: &mut String) {
    let deeper = match value {
        Value::Object(fields) => !fields.is_empty(),
        // A list of plain values fits on the line of its key.
        Value::Array(items) => items.iter().any(|item| item.is_object() || item.is_array()),
        _ => false,
    };
    if deeper {
        text.push('\n');
        text.push_str(&" ".repeat(indent + 2));
        block(value, indent + 2, text);
    } else {
        text.push(' ');
        text.push_str(&flow(value));
        text.push('\n');
    }
}

fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => string(text),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(_) => "{}".to_owned(),
        other => other.to_string(),
    }
}

/// A string, in quotes where it would be read as something else.
fn string(text: &str) -> String {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/');
    let starts = text.starts_with(|first: char| first.is_ascii_alphanumeric());
    let is_text = matches!(plain(text), Data::Text(_));
    if starts && is_text && text.bytes().all(safe) { text.to_owned() } else { Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use super::yaml;
    use serde_json::json;

    #[test]
    fn values_become_block_style() {
        let value = json!({
            "a": {"b": [1, "x", "yes", "a: b"], "c": {}},
            "list": [{"k": "v", "w": [{"deep": true}]}, [1], {}],
            "n": null,
        });
        assert_eq!(
            yaml(&value),
            "a:\n  b: [1, x, \"yes\", \"a: b\"]\n  c: {}\nlist:\n  - k: v\n    w:\n      - deep: true\n  - - 1\n  - {}\nn: null\n"
        );
    }
}
