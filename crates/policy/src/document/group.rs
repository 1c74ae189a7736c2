//! Groups of fields, which several documents may share.

use super::{Definitions, FieldPath, Fields, Node, Problems, Schema};

/// A value that is read from fields of an object that may have others too.
pub trait FieldGroup: Sized {
    /// The names of the fields.
    const FIELDS: &'static [&'static str];

    /// Reads the value, or adds at least one problem and returns `None`.
    fn from_fields(fields: &Fields<'_>, problems: &mut Problems) -> Option<Self>;

    /// Adds the fields to the schema of an object.
    fn describe_fields(schema: Schema, definitions: &mut Definitions) -> Schema;

    /// Returns the fields as a configuration writes them, if all of them are known.
    fn spelled_fields(&self) -> Option<serde_json::Map<String, serde_json::Value>> {
        None
    }
}

/// A document or a group whose fields depend on each other.
pub trait Checked {
    /// Adds a problem for each field that contradicts another.
    fn check(&self, path: &FieldPath<'_>, problems: &mut Problems);

    /// Adds the dependencies between the fields to their schema.
    fn restrict(schema: Schema) -> Schema {
        schema
    }
}

/// Reads an object that has these fields and no others.
pub(crate) fn read_group<T: FieldGroup>(node: Node<'_>, problems: &mut Problems) -> Option<T> {
    T::from_fields(&Fields::of(node, T::FIELDS, problems)?, problems)
}

/// Defines an object that has the fields of a group and no others.
pub(crate) fn define_group<T: FieldGroup>(
    definitions: &mut Definitions,
    (module, name): (&str, &str),
    about: &str,
) -> Schema {
    definitions
        .define(module, name, |definitions| T::describe_fields(Schema::object().about(about), definitions))
}

/// Returns the number of names in these lists.
pub(crate) const fn total(lists: &[&[&str]]) -> usize {
    let (mut total, mut rest) = (0, lists);
    while let [first, tail @ ..] = rest {
        total += first.len();
        rest = tail;
    }
    total
}

/// Joins lists of names; `N` is their [`total`].
#[expect(clippy::indexing_slicing, reason = "evaluated at compile time")]
pub(crate) const fn concat<const N: usize>(lists: &[&[&'static str]]) -> [&'static str; N] {
    let (mut names, mut at, mut rest) = ([""; N], 0, lists);
    while let [first, tail @ ..] = rest {
        let mut list = *first;
        while let [name, more @ ..] = list {
            names[at] = *name;
            at += 1;
            list = more;
        }
        rest = tail;
    }
    names
}
