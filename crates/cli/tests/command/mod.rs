//! The command, run as people run it.

#![allow(dead_code, reason = "each test needs a part of it")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// What a run printed and how it ended.
#[derive(Debug, PartialEq, Eq)]
pub struct Run {
    pub out: String,
    pub err: String,
    pub status: i32,
}

/// Runs the command in the folder of the test data, with text on standard input.
pub fn run(arguments: &[&str], input: &str) -> Run {
    run_with(&[], arguments, input)
}

/// The same with these variables in its environment.
pub fn run_with(variables: &[(&str, &str)], arguments: &[&str], input: &str) -> Run {
    run_in("tests/data", variables, arguments, input)
}

/// The same in a folder, as it is seen from this crate's.
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
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { out: text(output.stdout), err: text(output.stderr), status: output.status.code().unwrap() }
}

/// What a run prints where all is well.
pub fn printed(out: &str) -> Run {
    Run { out: out.to_owned(), err: String::new(), status: 0 }
}
