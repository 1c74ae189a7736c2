//! Writes to standard output and standard error.
//!
//! A closed pipe is not an error: a reader such as `head` may close it early.

use crate::exit::Failure;
use serde::Serialize;
use std::io::{self, BufWriter, ErrorKind, Write};

/// Prints text.
///
/// # Errors
/// Returns why standard output cannot be written, such as a full disk.
pub fn text(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    // In one write: standard output is flushed at each line otherwise.
    finish(out.write_all(text.as_bytes()), out)
}

/// Prints text with colours; removes them if standard output is not a terminal or `NO_COLOR` is set.
///
/// # Errors
/// Returns why standard output cannot be written.
pub fn coloured(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    finish(out.write_all(text.as_bytes()), out)
}

/// Prints JSON on one line.
///
/// # Errors
/// Returns why standard output cannot be written.
pub fn json_line(value: &impl Serialize) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    finish(serde_json::to_writer(&mut out, value).map_err(io::Error::from), &mut out)?;
    finish(out.write_all(b"\n"), out)
}

/// Prints indented JSON.
///
/// # Errors
/// Returns why standard output cannot be written.
pub fn json(value: &impl Serialize) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    finish(serde_json::to_writer_pretty(&mut out, value).map_err(io::Error::from), &mut out)?;
    finish(out.write_all(b"\n"), out)
}

/// Prints a message to standard error. Its errors are ignored: there is no other place to report them.
pub fn message(text: impl std::fmt::Display) {
    // In one write: standard error has no buffer.
    let _ = io::stderr().lock().write_all(format!("{text}\n").as_bytes());
}

/// Flushes standard output after a write.
fn finish(written: io::Result<()>, mut out: impl Write) -> Result<(), Failure> {
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::usage(format_args!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}
