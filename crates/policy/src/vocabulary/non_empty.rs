//! A list of which one may hold.

use crate::document::{Code, Document, Node, Problems};

/// A list that is not empty: an empty one would match nothing, which nobody means.
#[derive(Debug, Clone)]
pub struct NonEmpty<T>(pub Vec<T>);

impl<T: Document> Document for NonEmpty<T> {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let items = Vec::read(node, problems)?;
        if items.is_empty() {
            node.problem(
                problems,
                Code::EMPTY_LIST,
                "an empty list matches nothing",
                "leave the field out to match all",
            );
            return None;
        }
        Some(Self(items))
    }
}
