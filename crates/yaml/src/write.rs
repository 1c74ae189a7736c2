//! The writer: block style with comments. Strings are quoted only if they need it.

use crate::node::Data;
use crate::scalar::plain;
use serde_json::Value;

/// A value to write.
#[derive(Debug, Clone)]
pub enum Yaml {
    /// A value on one line: a scalar, or a list or object in flow style.
    Flow(Value),
    /// A list with a line or more for each item.
    List(Vec<Item>),
    /// An object with a line or more for each field, in this order.
    Map(Vec<(String, Item)>),
}

/// An item of a list or the value of a field, with comments above it.
#[derive(Debug, Clone)]
pub struct Item {
    /// The comments, a line each.
    pub comments: Vec<String>,
    /// The value.
    pub value: Yaml,
}

impl From<Yaml> for Item {
    fn from(value: Yaml) -> Self {
        Self { comments: Vec::new(), value }
    }
}

impl Yaml {
    /// Creates an object.
    pub fn map<'k>(fields: impl IntoIterator<Item = (&'k str, Self)>) -> Self {
        Self::Map(fields.into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect())
    }

    /// Creates a list without comments.
    pub fn list(values: impl IntoIterator<Item = Self>) -> Self {
        Self::List(values.into_iter().map(Item::from).collect())
    }

    /// Returns the text of the document.
    ///
    /// ```
    /// use yaml::{Item, Yaml};
    ///
    /// let rule = Yaml::map([("port", Yaml::Flow(80.into())), ("name", Yaml::Flow("yes".into()))]);
    /// let rules = Yaml::List(vec![Item { comments: vec!["why".to_owned()], value: rule }]);
    /// let text = Yaml::map([("none", Yaml::list([])), ("rules", rules)]).document();
    /// assert_eq!(text, "none: []\nrules:\n  # why\n  - port: 80\n    name: \"yes\"\n");
    /// ```
    #[must_use]
    pub fn document(&self) -> String {
        let mut text = String::new();
        self.write(0, &mut text);
        text
    }

    fn write(&self, indent: usize, out: &mut String) {
        match self {
            Self::Map(fields) if !fields.is_empty() => {
                for (key, Item { comments, value }) in fields {
                    write_comments(comments, indent, out);
                    out.push_str(&format!("{:indent$}{}:", "", scalar(key)));
                    if value.is_block() {
                        out.push('\n');
                        value.write(indent + 2, out);
                    } else {
                        out.push(' ');
                        value.write(0, out);
                    }
                }
            }
            Self::List(items) if !items.is_empty() => {
                for Item { comments, value } in items {
                    write_comments(comments, indent, out);
                    let mut text = String::new();
                    value.write(indent + 2, &mut text);
                    out.push_str(&format!("{:indent$}- {}", "", text.trim_start_matches(' ')));
                }
            }
            Self::Flow(value) => out.push_str(&format!("{:indent$}{}\n", "", flow(value))),
            Self::Map(_) => out.push_str(&format!("{:indent$}{{}}\n", "")),
            Self::List(_) => out.push_str(&format!("{:indent$}[]\n", "")),
        }
    }

    /// Returns true if the value does not fit on the line of its key.
    fn is_block(&self) -> bool {
        match self {
            Self::Flow(_) => false,
            Self::List(items) => !items.is_empty(),
            Self::Map(fields) => !fields.is_empty(),
        }
    }
}

fn write_comments(comments: &[String], indent: usize, out: &mut String) {
    for comment in comments {
        out.push_str(&format!("{:indent$}# {comment}\n", ""));
    }
}

/// Objects and lists become blocks; a list of scalars stays on one line.
impl From<&Value> for Yaml {
    fn from(value: &Value) -> Self {
        match value {
            Value::Object(fields) => {
                Self::map(fields.iter().map(|(key, value)| (key.as_str(), value.into())))
            }
            Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
                Self::list(items.iter().map(Self::from))
            }
            other => Self::Flow(other.clone()),
        }
    }
}

/// Returns a value in flow style. Some fields, such as the name of a rule, come first.
fn flow(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields
                .sort_by_key(|(name, _)| FIRST.iter().position(|first| first == name).unwrap_or(FIRST.len()));
            let fields: Vec<_> = fields
                .into_iter()
                .map(|(name, value)| format!("{}: {}", scalar(name), flow(value)))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::String(text) => scalar(text),
        other => other.to_string(),
    }
}

/// The fields that come first in an object in flow style.
const FIRST: [&str; 9] =
    ["name", "issuer", "audiences", "algorithms", "jwks", "match", "hosts", "methods", "paths"];

/// Returns a string as a scalar. It is in quotes where a reader of YAML 1.1 or 1.2 could take it for another type.
#[must_use]
pub fn scalar(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    // `1e5`, `0x1f` and `2026-01-01` are not strings; `10.0.0.0/8` is.
    let starts = text.starts_with(|first: char| {
        first.is_ascii_alphabetic() || first == '/' || (first.is_ascii_digit() && text.contains('/'))
    });
    let is_boolean = matches!(text, "y" | "Y" | "n" | "N");
    if starts && !is_boolean && text.bytes().all(is_plain) && matches!(plain(text), Data::Text(_)) {
        return text.to_owned();
    }
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::{Yaml, scalar};
    use serde_json::json;

    #[test]
    fn strings_are_quoted_where_needed() {
        for (text, written) in [
            ("productpage", "productpage"),
            ("kubernetes.io/metadata.name", "kubernetes.io/metadata.name"),
            ("10.0.0.0/8", "10.0.0.0/8"),
            ("/admin", "/admin"),
            ("2001:db8::/32", "\"2001:db8::/32\""),
            ("1", "\"1\""),
            ("1e5", "\"1e5\""),
            ("2026-01-01", "\"2026-01-01\""),
            ("True", "\"True\""),
            ("no", "\"no\""),
            ("y", "\"y\""),
            ("a\"b", "\"a\\\"b\""),
            ("", "\"\""),
        ] {
            assert_eq!(scalar(text), written);
        }
    }

    #[test]
    fn json_becomes_block_style() {
        let value = json!({
            "a": {"b": [1, "x", "yes", "a: b"], "c": {}},
            "list": [{"k": "v", "w": [{"deep": true}]}, [1], {}],
            "nothing": null,
        });
        assert_eq!(
            Yaml::from(&value).document(),
            "a:\n  b: [1, x, \"yes\", \"a: b\"]\n  c: {}\nlist:\n  - k: v\n    w:\n      - deep: true\n  - [1]\n  - {}\nnothing: null\n"
        );
    }
}
