//! Standard output.

use serde_json::Value;
use std::io::Write;

/// Prints text as it is. A reader that goes away early, as `head` does, is no error.
pub fn text(text: &str) {
    let mut out = std::io::stdout().lock();
    // In one piece: standard output is flushed at each line otherwise.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Prints JSON, indented.
pub fn json(value: &Value) {
    // A value of this type is always JSON.
    let mut printed = serde_json::to_string_pretty(value).unwrap_or_default();
    printed.push('\n');
    text(&printed);
}
