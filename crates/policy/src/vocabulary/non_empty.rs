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
        read(node, "add an item", problems)
    }

    fn read_optional(node: Node<'_>, problems: &mut Problems) -> Option<Option<Self>> {
        read(node, "omit the field to match everything", problems).map(Some)
    }

    fn describe(definitions: &mut Definitions) -> Schema {
        Schema::list(T::describe(definitions)).with("minItems", 1)
    }
}

fn read<T: Document>(node: Node<'_>, help: &str, problems: &mut Problems) -> Option<NonEmpty<T>> {
    let items = Vec::read(node, problems)?;
    if items.is_empty() {
        return problems.invalid(Code::EMPTY_LIST, node.path, "an empty list matches nothing", help);
    }
    Some(NonEmpty(items))
}

#[cfg(test)]
mod tests {
    use super::NonEmpty;
    use crate::document::{Document, read};
    use crate::test;
    use std::fmt::Debug;

    fn help<T: Document + Debug>() -> String {
        read::<T>(b"[]").unwrap_err()[0].help.clone()
    }

    #[test]
    fn only_an_optional_list_can_be_omitted() {
        assert_eq!(help::<NonEmpty<String>>(), "add an item");
        assert_eq!(help::<Option<NonEmpty<String>>>(), "omit the field to match everything");
    }
}
