//! One problem or warning, with its place.

use std::fmt;
use std::sync::Arc;

/// How severe a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The file is rejected, or part of it is never read.
    Error,
    /// The file is accepted; it probably does not mean what its author intended.
    Warning,
}

impl Severity {
    /// Returns the name that text and JSON output use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A range of characters on one line of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The length in characters, at least 1.
    pub width: usize,
}

impl Span {
    /// The first character of a file.
    pub const START: Self = Self { line: 1, column: 1, width: 1 };
}

/// One problem or warning.
///
/// It prints as `file:line:column: message; help`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// The file, as the caller named it.
    pub file: Arc<str>,
    /// The place in the file.
    pub span: Span,
    /// How severe it is.
    pub severity: Severity,
    /// A stable code, such as `unknown_field`.
    pub code: &'static str,
    /// The place in the document, such as `rules[0].match`; empty for the document itself.
    pub path: String,
    /// What is wrong. Text of the user is in backticks.
    pub message: String,
    /// The fix; may be empty.
    pub help: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.span.line, self.span.column, self.message)?;
        if self.help.is_empty() { Ok(()) } else { write!(f, "; {}", self.help) }
    }
}

impl std::error::Error for Diagnostic {}
