//! Warnings and their places.

use policy::document::Problem;

pub(crate) fn warning(code: &'static str, path: String, message: String, help: impl Into<String>) -> Problem {
    Problem { code, path, message, help: help.into() }
}

/// Returns the path of a field below another path.
pub(crate) fn below(path: &str, field: &str) -> String {
    if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") }
}
