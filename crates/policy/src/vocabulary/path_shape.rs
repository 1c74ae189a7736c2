//! The shape of a path pattern.

use automata::Expression;

/// What a pattern matches, in canonical form; for an index, and to compare patterns.
#[derive(Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named after the fields")]
pub enum PathShape<'m> {
    Exact(&'m str),
    /// Without the last slash: empty for `/`.
    Prefix(&'m str),
    Suffix(&'m str),
    Contains(&'m str),
    Regex(&'m Expression),
    /// Segments, where `None` is any segment; `rest`: any number of segments may follow.
    Template {
        segments: Vec<Option<&'m str>>,
        rest: bool,
    },
}
