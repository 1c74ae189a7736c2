//! The name of a rule.

use crate::document::{Document, Node, Problems};
use std::collections::HashSet;
use std::fmt;
use std::rc::Rc;

/// The name of a rule: `[a-z0-9-]+`, at most 63 bytes, unique within a filter; it appears in metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleName(Rc<str>);

impl RuleName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Document for RuleName {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let name = node.string(problems)?;
        let valid = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || name.len() > 63 || !name.bytes().all(valid) {
            let message = format!("`{name}` is no name of a rule");
            node.problem(problems, "rule_name", message, "use a-z, 0-9 and -, at most 63 of them");
            return None;
        }
        Some(Self(name.into()))
    }
}

/// The rules of a filter, in order; no name stands twice.
#[derive(Debug, Clone)]
pub struct Rules<T>(pub Vec<T>);

impl<T> Default for Rules<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Document> Document for Rules<T> {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let mut seen = HashSet::new();
        let names = node.value.as_array().into_iter().flatten().map(|rule| rule.get("name")?.as_str());
        for (index, name) in names.enumerate().filter_map(|(index, name)| Some((index, name?))) {
            if !seen.insert(name) {
                let item = node.path.item(index);
                let message = format!("`{name}` is the name of an earlier one too");
                problems.add("duplicate_name", &item.field("name"), message, "give each its own name");
            }
        }
        Vec::read(node, problems).map(Self)
    }
}
