//! What is wrong with a service graph: every problem, where it is, and what to write instead.

use std::fmt;

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

/// The name that is nearest to what was written, where one is near.
pub(super) fn nearest<'n>(written: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let close = |name: &'n str| {
        let distance = strsim::damerau_levenshtein(&written.to_lowercase(), &name.to_lowercase());
        (distance <= 1 + name.len() / 4).then_some((distance, name))
    };
    names.into_iter().filter_map(close).min().map(|(_, name)| name)
}
