//! A match on a header.

use super::string_match::KINDS;
use super::{HeaderName, StringMatch};
use crate::document::{Code, Document, Fields, Node, Problems};
use crate::http::Headers;

/// A match on a header: `name` and a [`StringMatch`], or `present`.
///
/// Each header line is a value, blanks around it cut (HTTP/2 carries them through). A header that is absent
/// has no value: it matches `present: false` and nothing else.
#[derive(Debug, Clone)]
pub struct HeaderMatch {
    /// The header.
    pub name: HeaderName,
    condition: Condition,
    values: Values,
}

choice! {
    /// How many of the values must match.
    #[derive(Default)]
    pub enum Values {
        /// One is enough.
        #[default]
        Any = "any",
        /// Every one, and there is at least one.
        All = "all",
    }
}

/// A match on a value, or on there being one.
#[derive(Debug, Clone)]
pub(super) enum Condition {
    /// Whether there is one.
    Present(bool),
    /// What it is.
    Value(StringMatch),
}

impl Condition {
    /// The fields that it is read from.
    pub(super) const FIELDS: [&str; 7] =
        ["exact", "prefix", "suffix", "contains", "regex", "ignoreCase", "present"];

    /// Reads it from the fields of an object that may hold others too.
    pub(super) fn from_fields(fields: &Fields<'_>, problems: &mut Problems) -> Option<Self> {
        if !fields.has("present") {
            if !KINDS.iter().any(|kind| fields.has(kind)) {
                let help = format!("add `present`, or one of `{}`", KINDS.join("`, `"));
                problems.add(Code::NO_MATCH, fields.path, "nothing to match", help);
                return None;
            }
            return StringMatch::from_fields(fields, problems).map(Self::Value);
        }
        let others = KINDS.iter().chain(&["ignoreCase", "values"]);
        if let Some(other) = others.copied().find(|other| fields.has(other)) {
            let message = format!("both `present` and `{other}`");
            problems.add(Code::TWO_MATCHES, fields.path, message, "keep one of the two");
            return None;
        }
        fields.required("present", problems).map(Self::Present)
    }
}

impl HeaderMatch {
    /// Whether the headers match.
    pub fn matches(&self, headers: &Headers<'_>) -> bool {
        let mut values = headers.values(self.name.as_str());
        match &self.condition {
            Condition::Present(present) => values.next().is_some() == *present,
            Condition::Value(matcher) => match self.values {
                Values::Any => values.any(|value| matcher.matches(value)),
                Values::All => {
                    let mut some = false;
                    values.all(|value| {
                        some = true;
                        matcher.matches(value)
                    }) && some
                }
            },
        }
    }
}

impl Document for HeaderMatch {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let known = [&["name", "values"], &Condition::FIELDS[..]].concat();
        let fields = Fields::of(node, &known, problems)?;
        let name = fields.required("name", problems);
        let values = fields.optional("values", problems);
        let condition = Condition::from_fields(&fields, problems);
        Some(Self { name: name?, condition: condition?, values: values?.unwrap_or_default() })
    }
}

#[cfg(test)]
mod tests {
    use super::HeaderMatch;
    use crate::document::read;
    use crate::http::Headers;
    use crate::test;

    fn matches(document: &str, lines: &[(&str, &str)]) -> bool {
        let lines = lines.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
        read::<HeaderMatch>(document.as_bytes()).unwrap().matches(&Headers::new(lines))
    }

    #[test]
    fn each_line_is_a_value() {
        let lines = [("x-role", "user"), ("X-Role", " admin\t"), ("other", "admin")];
        assert!(matches(r#"{"name": "X-Role", "exact": "admin"}"#, &lines));
        assert!(!matches(r#"{"name": "x-role", "exact": "admin", "values": "all"}"#, &lines));
        assert!(matches(r#"{"name": "x-role", "regex": "user|admin", "values": "all"}"#, &lines));
        assert!(!matches(r#"{"name": "x-role", "exact": "user,admin"}"#, &lines));
    }

    #[test]
    fn absent_is_not_empty() {
        assert!(matches(r#"{"name": "x", "present": false}"#, &[]));
        assert!(!matches(r#"{"name": "x", "present": false}"#, &[("x", "")]));
        assert!(matches(r#"{"name": "x", "exact": ""}"#, &[("x", "")]));
        assert!(!matches(r#"{"name": "x", "exact": ""}"#, &[]));
        assert!(!matches(r#"{"name": "x", "prefix": "", "values": "all"}"#, &[]));
    }
}
