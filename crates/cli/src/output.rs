//! Standard output.

use clap::ValueEnum;
use serde::Serialize;
use std::io::{BufWriter, Write};

/// How an answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Prints text as it is. A reader that goes away early, as `head` does, is no error.
pub fn text(text: &str) {
    let mut out = std::io::stdout().lock();
    // In one piece: standard output is flushed at each line otherwise.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Prints text with colours on a terminal, and without them elsewhere or where `NO_COLOR` is set.
pub fn coloured(text: &str) {
    let mut out = anstream::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Prints JSON in one line.
pub fn json_line(value: &impl Serialize) {
    let mut out = std::io::stdout().lock();
    let _ = serde_json::to_writer(&mut out, value);
    let _ = out.write_all(b"\n");
}

/// Prints JSON, indented.
pub fn json(value: &impl Serialize) {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let _ = serde_json::to_writer_pretty(&mut out, value);
    let _ = out.write_all(b"\n").and_then(|()| out.flush());
}
