//! A list that is not empty.

use crate::document::{Code, Definitions, Document, Node, Problems, Schema};
use std::ops::Deref;

/// A list that is not empty. An empty list of alternatives would match nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NonEmpty<T>(pub Vec<T>);

impl<T> Deref for NonEmpty<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: Document> Document for NonEmpty<T> {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let items = Vec::read(node, problems)?;
        if items.is_empty() {
            let help = "add an item; to match everything, omit the field if it is optional";
            return problems.invalid(Code::EMPTY_LIST, node.path, "an empty list matches nothing", help);
        }
        Some(Self(items))
    }

    fn describe(definitions: &mut Definitions) -> Schema {
        Schema::list(T::describe(definitions)).with("minItems", 1)
    }
}
