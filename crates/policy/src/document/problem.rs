//! Problems of a configuration, with their places and fixes.

use super::Code;
use std::fmt;

/// One problem of a configuration.
///
/// It prints as `code at field.path[1]: message; help`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The name of its [`Code`], such as `unknown_field`.
    pub code: &'static str,
    /// The place, such as `rules[0].match.paths[1]`; empty for the document itself.
    pub path: String,
    /// What is wrong. Text of the user is in backticks.
    pub message: String,
    /// The fix.
    pub help: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.path.is_empty() { "the configuration" } else { &self.path };
        write!(f, "{} at {place}: {}", self.code, self.message)?;
        if self.help.is_empty() { Ok(()) } else { write!(f, "; {}", self.help) }
    }
}

/// Returns a message such as "invalid method `get`", or "empty method".
pub(crate) fn invalid(kind: &str, text: &str) -> String {
    if text.is_empty() { format!("empty {kind}") } else { format!("invalid {kind} `{text}`") }
}

/// Collects problems.
#[derive(Debug, Default)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Adds a problem at `path`.
    pub fn add(
        &mut self,
        code: Code,
        path: &FieldPath<'_>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let path = path.to_string();
        self.0.push(Problem { code: code.name(), path, message: message.into(), help: help.into() });
    }

    /// Adds a problem at `path`, and returns `None`.
    pub fn invalid<T>(
        &mut self,
        code: Code,
        path: &FieldPath<'_>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Option<T> {
        self.add(code, path, message, help);
        None
    }

    /// Returns true if there are no problems.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the problems, in the order in which they were found.
    pub fn into_vec(self) -> Vec<Problem> {
        self.0
    }
}

/// A place in a document, from the root down. It is on the stack and costs nothing until it is printed.
#[derive(Debug, Clone, Copy)]
pub enum FieldPath<'a> {
    /// The document itself.
    Root,
    /// A field of an object.
    Field(&'a FieldPath<'a>, &'a str),
    /// An item of a list.
    Item(&'a FieldPath<'a>, usize),
}

impl<'a> FieldPath<'a> {
    /// Returns the place of a field.
    pub fn field(&'a self, name: &'a str) -> FieldPath<'a> {
        FieldPath::Field(self, name)
    }

    /// Returns the place of a list item.
    pub fn item(&'a self, index: usize) -> FieldPath<'a> {
        FieldPath::Item(self, index)
    }
}

impl fmt::Display for FieldPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FieldPath::Root => Ok(()),
            FieldPath::Field(FieldPath::Root, name) => f.write_str(name),
            FieldPath::Field(parent, name) => write!(f, "{parent}.{name}"),
            FieldPath::Item(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}
