//! YAML that people read: block style, strings in quotes only where they need them.

/// A value of a document.
#[derive(Debug, Clone)]
pub(super) enum Yaml {
    Text(String),
    Number(u16),
    List(Vec<Item>),
    Map(Vec<(String, Yaml)>),
}

/// An item of a list, and the comment above it.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) comment: Option<String>,
    pub(super) value: Yaml,
}

impl Yaml {
    /// A string.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// An object with these fields.
    pub(super) fn map<const N: usize>(fields: [(&str, Self); N]) -> Self {
        Self::Map(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    /// A list of these.
    pub(super) fn list(values: impl IntoIterator<Item = Self>) -> Self {
        Self::List(values.into_iter().map(|value| Item { comment: None, value }).collect())
    }

    /// The text of the document.
    pub(super) fn document(&self) -> String {
        let mut text = String::new();
        self.write(0, &mut text);
        text
    }

    fn write(&self, indent: usize, out: &mut String) {
        match self {
            Self::Map(fields) => {
                for (key, value) in fields {
                    out.push_str(&format!("{:indent$}{}:", "", quoted(key)));
                    value.write_after_key(indent, out);
                }
            }
            Self::List(items) => {
                for item in items {
                    if let Some(comment) = &item.comment {
                        out.push_str(&format!("{:indent$}# {comment}\n", ""));
                    }
                    let mut text = String::new();
                    item.value.write(indent + 2, &mut text);
                    out.push_str(&format!("{:indent$}- {}", "", text.trim_start_matches(' ')));
                }
            }
            Self::Text(_) | Self::Number(_) => out.push_str(&format!("{:indent$}{}\n", "", self.scalar())),
        }
    }

    fn write_after_key(&self, indent: usize, out: &mut String) {
        match self {
            Self::Map(fields) if !fields.is_empty() => {
                out.push('\n');
                self.write(indent + 2, out);
            }
            Self::List(items) if !items.is_empty() => {
                out.push('\n');
                self.write(indent + 2, out);
            }
            _ => out.push_str(&format!(" {}\n", self.scalar())),
        }
    }

    fn scalar(&self) -> String {
        match self {
            Self::Text(text) => quoted(text),
            Self::Number(number) => number.to_string(),
            Self::List(_) => "[]".to_owned(),
            Self::Map(_) => "{}".to_owned(),
        }
    }
}

/// The text as a scalar that every reader of YAML takes for a string. What is written here is names, labels and ranges
/// of addresses, which hold neither quotes nor backslashes.
fn quoted(text: &str) -> String {
    let words = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    // `1e5`, `0x1f` and `2026-01-01` are no strings; `10.0.0.0/8` is one.
    let letter = text.starts_with(|first: char| first.is_ascii_alphabetic());
    let range = text.contains('/') && text.starts_with(|first: char| first.is_ascii_digit());
    if (letter || range) && text.bytes().all(plain) && !words.contains(&text.to_ascii_lowercase().as_str()) {
        return text.to_owned();
    }
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    use super::{Item, Yaml, quoted};

    #[test]
    fn strings_stay_strings() {
        for (text, written) in [
            ("productpage", "productpage"),
            ("kubernetes.io/metadata.name", "kubernetes.io/metadata.name"),
            ("10.0.0.0/8", "10.0.0.0/8"),
            ("2001:db8::/32", "\"2001:db8::/32\""),
            ("1", "\"1\""),
            ("1e5", "\"1e5\""),
            ("True", "\"True\""),
            ("no", "\"no\""),
            ("", "\"\""),
        ] {
            assert_eq!(quoted(text), written);
        }
    }

    #[test]
    fn documents_are_in_block_style() {
        let rule =
            Yaml::map([("to", Yaml::list([Yaml::map([("a", Yaml::Number(1)), ("b", Yaml::text("c"))])]))]);
        let rules = Yaml::List(vec![Item { comment: Some("why".to_owned()), value: rule }]);
        let document = Yaml::map([("none", Yaml::list([])), ("all", Yaml::map([])), ("rules", rules)]);
        assert_eq!(
            document.document(),
            "none: []\nall: {}\nrules:\n  # why\n  - to:\n      - a: 1\n        b: c\n"
        );
    }
}
