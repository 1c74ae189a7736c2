//! Writes to standard output. Errors are ignored: a reader such as `head` may close the pipe early.

use serde::Serialize;
use std::io::{BufWriter, Write};

/// Prints text.
pub fn text(text: &str) {
    let mut out = std::io::stdout().lock();
    // In one write: standard output is flushed at each line otherwise.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Prints text with colours; removes them if standard output is not a terminal or `NO_COLOR` is set.
pub fn coloured(text: &str) {
    let mut out = anstream::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Prints JSON on one line.
pub fn json_line(value: &impl Serialize) {
    let mut out = std::io::stdout().lock();
    let _ = serde_json::to_writer(&mut out, value);
    let _ = out.write_all(b"\n");
}

/// Prints indented JSON.
pub fn json(value: &impl Serialize) {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let _ = serde_json::to_writer_pretty(&mut out, value);
    let _ = out.write_all(b"\n").and_then(|()| out.flush());
}
