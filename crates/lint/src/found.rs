//! The warnings about a policy.

use policy::document::Problem;

/// Collects warnings.
#[derive(Debug, Default)]
pub(crate) struct Found(Vec<Problem>);

impl Found {
    pub(crate) fn add(&mut self, code: &'static str, path: String, message: String, help: impl Into<String>) {
        self.0.push(Problem { code, path, message, help: help.into() });
    }

    pub(crate) fn into_problems(self) -> Vec<Problem> {
        self.0
    }
}

/// Returns the path of a field below another path.
pub(crate) fn below(path: &str, field: &str) -> String {
    if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") }
}
