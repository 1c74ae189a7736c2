//! Runs the command.

#![allow(dead_code, reason = "each test uses a part")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// The output and the exit status of a run.
#[derive(Debug, PartialEq, Eq)]
pub struct Run {
    pub out: String,
    pub err: String,
    pub status: i32,
}

/// Runs the command in the folder of the test data, with this standard input.
pub fn run(arguments: &[&str], input: &str) -> Run {
    run_with(&[], arguments, input)
}

/// Runs the command with environment variables.
pub fn run_with(variables: &[(&str, &str)], arguments: &[&str], input: &str) -> Run {
    run_in("tests/data", variables, arguments, input)
}

/// Runs the command in a folder, relative to this crate.
pub fn run_in(folder: &str, variables: &[(&str, &str)], arguments: &[&str], input: &str) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ringfence"))
        .args(arguments)
        .env_remove("CLICOLOR_FORCE")
        .env_remove("NO_COLOR")
        .envs(variables.iter().copied())
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command with an invalid flag ends before it reads its input.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { out: text(output.stdout), err: text(output.stderr), status: output.status.code().unwrap() }
}

/// Returns a successful run with this output.
pub fn printed(out: &str) -> Run {
    Run { out: out.to_owned(), err: String::new(), status: 0 }
}
