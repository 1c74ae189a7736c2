//! What is wrong with a service graph: every problem, where it is, and what to write instead.

use std::fmt;

pub(super) use diagnostics::nearest;

/// One problem of a service graph.
///
/// It prints as `code at field.path[1]: message; help`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// A stable word for the kind of problem, such as `unknown_field`.
    pub code: &'static str,
    /// Where it is, such as `spec.services[0].from[1]`; empty for the document itself.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// What is wrong; text of the user's stands in backticks.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.path.is_empty() { "the graph" } else { &self.path };
        write!(f, "{} at {place}: {}", self.code, self.message)?;
        if self.help.is_empty() { Ok(()) } else { write!(f, "; {}", self.help) }
    }
}
