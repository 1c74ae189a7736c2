//! Loads a policy from a file of its own.

use crate::exit::Failure;
use crate::files::{self, File};
use crate::report::{self, Format};
use crate::validate::document::{self, Checked};
use diagnostics::{Diagnostic, Severity, Span};
use inspect::Policy;
use modules::Module;
use policy::document::Problem;
use serde_json::Value;
use std::path::Path;

/// A loaded policy with its file.
#[derive(Debug)]
pub struct PolicyFile {
    pub file: File,
    /// The module that the policy is written for.
    pub module: Module,
    /// The policy as JSON.
    pub json: Value,
    pub policy: Box<dyn Policy>,
}

/// Loads the policy of a file, or of standard input for `-`. The module is the given one, that of a comment
/// `# filter: path-policy` before the policy, or the one that the fields identify.
///
/// # Errors
/// Returns the problems of the policy, as `validate` prints them.
pub fn load(path: &Path, module: Option<Module>, format: Format) -> Result<PolicyFile, Failure> {
    let file = files::read_one(path)?;
    let Checked { found, single, policies, .. } = document::check(&file, module);
    let errors = errors(found);
    if !errors.is_empty() {
        return Err(report::reject(&errors, &[file], format));
    }
    let Some((module, json, policy)) = single else {
        let help = match policies {
            0 => "if it is one, select its filter with `--filter`",
            _ => "copy the policy of the bootstrap, manifest or case file to a new file",
        };
        let message = format_args!("{}: expected a file with one policy and nothing else; {help}", file.name);
        return Err(Failure::usage(message));
    };
    Ok(PolicyFile { file, module, json, policy })
}

/// Returns the diagnostics that are errors.
pub fn errors(found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    found.into_iter().filter(|found| found.severity == Severity::Error).collect()
}

/// Returns the problems of a policy whose places in the file are not known.
pub fn diagnostics(file: &str, problems: Vec<Problem>) -> Vec<Diagnostic> {
    let diagnostic = |Problem { code, path, message, help }| Diagnostic {
        file: file.into(),
        span: Span::START,
        severity: Severity::Error,
        code,
        message: if path.is_empty() { message } else { format!("{message} (at `{path}`)") },
        path,
        help,
    };
    problems.into_iter().map(diagnostic).collect()
}
