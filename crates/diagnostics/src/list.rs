//! The diagnostics of one file.

use crate::{Diagnostic, Severity, Span};
use std::sync::Arc;

/// Collects the diagnostics of one file.
#[derive(Debug, Clone)]
pub struct Diagnostics {
    file: Arc<str>,
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Creates an empty list for a file, which is named as the user named it.
    #[must_use]
    pub fn new(file: &str) -> Self {
        Self { file: file.into(), list: Vec::new() }
    }

    /// Returns the name of the file.
    #[must_use]
    pub fn file(&self) -> &Arc<str> {
        &self.file
    }

    /// Adds an error; returns it, so that the caller can set its path.
    pub fn error(
        &mut self,
        span: Span,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> &mut Diagnostic {
        let (file, severity, path) = (self.file.clone(), Severity::Error, String::new());
        let (message, help) = (message.into(), help.into());
        self.list.push_mut(Diagnostic { file, span, severity, code, path, message, help })
    }

    /// Adds a warning; returns it, so that the caller can set its path.
    pub fn warning(
        &mut self,
        span: Span,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> &mut Diagnostic {
        let warning = self.error(span, code, message, help);
        warning.severity = Severity::Warning;
        warning
    }

    /// Adds a diagnostic.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// Returns the diagnostics in the order in which they were found.
    #[must_use]
    pub fn as_slice(&self) -> &[Diagnostic] {
        &self.list
    }

    /// Returns the diagnostics in the order in which they were found.
    #[must_use]
    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.list
    }
}
