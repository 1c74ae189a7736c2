//! SARIF 2.1.0.

use diagnostics::Diagnostic;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Renders a log with one run.
pub fn render(diagnostics: &[Diagnostic]) -> String {
    let codes: BTreeSet<&str> = diagnostics.iter().map(|found| found.code).collect();
    let rules: Vec<Value> = codes.into_iter().map(|code| json!({"id": code})).collect();
    let driver = json!({"name": "ringfence", "version": env!("CARGO_PKG_VERSION"), "rules": rules});
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": driver},
            "columnKind": "unicodeCodePoints",
            "results": diagnostics.iter().map(result).collect::<Vec<_>>(),
        }],
    });
    format!("{log:#}\n")
}

fn result(found: &Diagnostic) -> Value {
    let Diagnostic { file, span, severity, code, message, help, .. } = found;
    let text = if help.is_empty() { message.clone() } else { format!("{message}; {help}") };
    let region = json!({
        "startLine": span.line, "startColumn": span.column, "endColumn": span.column + span.width,
    });
    let place = json!({"artifactLocation": {"uri": **file}, "region": region});
    json!({
        "ruleId": code, "level": severity.name(), "message": {"text": text},
        "locations": [{"physicalLocation": place}],
    })
}
