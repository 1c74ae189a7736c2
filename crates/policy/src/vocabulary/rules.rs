//! The rules of a filter.

use crate::document::{Code, Document, Node, Problems};
use std::collections::HashSet;

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
                problems.add(Code::DUPLICATE_NAME, &item.field("name"), message, "give each its own name");
            }
        }
        Vec::read(node, problems).map(Self)
    }
}
