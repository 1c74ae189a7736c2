//! What was found in a file.

use diagnostics::{Diagnostic, Span};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The module refuses the policy, or nobody reads what stands there.
    Error,
    /// It loads, and is probably not what is meant.
    Warning,
}

impl Severity {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One thing that was found in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// Where it is.
    pub mark: Span,
    /// A stable word for its kind.
    pub code: &'static str,
    /// Where it is in the policy, such as `rules[0].match`; empty outside of one.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to write instead; may be empty.
    pub help: String,
}

impl Finding {
    /// Something that is wrong.
    pub fn error(
        mark: Span,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        let (message, help) = (message.into(), help.into());
        Self { severity: Severity::Error, mark, code, path: String::new(), message, help }
    }

    /// Something that is probably not meant.
    pub fn warning(
        mark: Span,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self { severity: Severity::Warning, ..Self::error(mark, code, message, help) }
    }
}

impl From<Diagnostic> for Finding {
    fn from(fault: Diagnostic) -> Self {
        Self::error(fault.span, fault.code, fault.message, fault.help)
    }
}

/// The codes that are the command's own, how bad each is, and what it says. Those of policies are the engine's and the
/// lints'.
pub const CODES: [(Severity, &str, &str); 9] = [
    (Severity::Error, "duplicate_field", "a key stands twice in one object"),
    (Severity::Error, "unknown_filter", "which filter a policy is for cannot be told"),
    (Severity::Error, "unknown_field", "a field that nobody reads, in a policy or in the manifest around it"),
    (Severity::Error, "unknown_value", "a word that is none of the choices"),
    (
        Severity::Error,
        "configuration_type",
        "the configuration of a module is no `Struct` and no `StringValue`",
    ),
    (Severity::Warning, "no_policy", "a file that was named has no policy"),
    (Severity::Warning, "fail_open", "requests pass unchecked where the module fails"),
    (Severity::Warning, "missing_sha256", "a module that is fetched has no digest"),
    (
        Severity::Warning,
        "unknown_cluster",
        "keys are fetched from a cluster that the bootstrap does not have",
    ),
];
