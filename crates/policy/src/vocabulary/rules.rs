//! The rules of a filter.

use crate::document::{Code, Definitions, Document, Node, Problems, Schema};
use serde_json::Value;
use std::collections::HashSet;
use std::ops::Deref;

/// The rules of a filter, in order. Their names are unique.
#[derive(Debug, Clone)]
pub struct Rules<T>(pub Vec<T>);

impl<T> Deref for Rules<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

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
                let message = format!("duplicate name `{name}`");
                problems.add(Code::DUPLICATE_NAME, &item.field("name"), message, "give each its own name");
            }
        }
        Vec::read(node, problems).map(Self)
    }

    fn describe(definitions: &mut Definitions) -> Schema {
        Schema::list(T::describe(definitions))
    }

    fn spelled(&self) -> Option<Value> {
        self.0.spelled()
    }
}
