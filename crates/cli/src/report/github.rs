//! Workflow commands of GitHub Actions.

use diagnostics::Diagnostic;

/// Renders a command for each diagnostic.
pub fn render(diagnostics: &[Diagnostic]) -> String {
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let command = |Diagnostic { file, span, severity, code, message, help, .. }: &Diagnostic| {
        let (severity, line, column, end) =
            (severity.name(), span.line, span.column, span.column + span.width);
        let text = if help.is_empty() { message.clone() } else { format!("{message}\n{help}") };
        let (file, text) = (property(file), data(&text));
        format!("::{severity} file={file},line={line},col={column},endColumn={end},title={code}::{text}\n")
    };
    diagnostics.iter().map(command).collect()
}
