//! JSON.

use diagnostics::Diagnostic;
use serde_json::{Value, json};

/// Renders an object with the list `problems` and, if the command counts them, the number of `policies`.
pub fn render(diagnostics: &[Diagnostic], policies: Option<usize>) -> String {
    let mut report = json!({"problems": diagnostics.iter().map(problem).collect::<Vec<_>>()});
    if let (Value::Object(report), Some(policies)) = (&mut report, policies) {
        report.insert("policies".to_owned(), policies.into());
    }
    format!("{report:#}\n")
}

fn problem(found: &Diagnostic) -> Value {
    let Diagnostic { file, span, severity, code, path, message, help } = found;
    json!({
        "severity": severity.name(), "code": code, "file": **file, "line": span.line, "column": span.column,
        "width": span.width, "path": path, "message": message, "help": help,
    })
}
