//! The state of the check of one file.

use crate::files::File;
use diagnostics::{Diagnostic, Severity, Span};
use modules::Module;
use serde_json::Value;
use std::sync::Arc;

/// The state of the check of one file.
#[derive(Debug)]
pub struct Scene<'f> {
    /// The name of the file.
    pub file: Arc<str>,
    lines: Vec<&'f str>,
    /// The module of the option `--filter`.
    pub module: Option<Module>,
    /// The clusters of the current document, if it lists them all.
    pub clusters: Option<Vec<String>>,
    /// The policy, if the file contains one policy and nothing else.
    pub single: Option<(Module, Value)>,
    /// The number of policies.
    pub policies: usize,
    /// The problems and warnings.
    pub found: Vec<Diagnostic>,
}

impl<'f> Scene<'f> {
    /// Creates the state before the check.
    pub fn new(file: &'f File, module: Option<Module>) -> Self {
        let lines = file.text.lines().collect();
        let file = file.name.as_str().into();
        Self { file, lines, module, clusters: None, single: None, policies: 0, found: Vec::new() }
    }

    /// Returns a line of the file, counted from 1.
    pub fn line(&self, number: usize) -> Option<&'f str> {
        self.lines.get(number.checked_sub(1)?).copied()
    }

    /// Adds an error.
    pub fn error(
        &mut self,
        span: Span,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.add(Severity::Error, span, code, message.into(), help.into());
    }

    /// Adds a warning.
    pub fn warning(
        &mut self,
        span: Span,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.add(Severity::Warning, span, code, message.into(), help.into());
    }

    fn add(&mut self, severity: Severity, span: Span, code: &'static str, message: String, help: String) {
        let (file, path) = (self.file.clone(), String::new());
        self.found.push(Diagnostic { file, span, severity, code, path, message, help });
    }
}
