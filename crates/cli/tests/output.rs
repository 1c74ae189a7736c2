//! Errors of writing to standard output and standard error.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::fs::OpenOptions;
use std::io::{Write, pipe};
use std::path::Path;
use std::process::{Command, Output, Stdio};

const POLICY: &str = "# filter: path-policy\ndefault: deny\nrules: []\n";
const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c}]}\n";

fn run(arguments: &[&str], input: &str, out: Stdio, err: Stdio) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ringfence"))
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data"))
        .stdin(Stdio::piped())
        .stdout(out)
        .stderr(err)
        .spawn()
        .unwrap();
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// Returns a pipe that is not read.
fn closed() -> Stdio {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    writer.into()
}

/// Commands that print, with their standard input and their exit status.
const PRINTING: [(&[&str], &str, i32); 17] = [
    (&["validate", "-"], POLICY, 0),
    (&["validate", "--format", "json", "-"], POLICY, 0),
    (&["explain", "-", "--request", "GET http://a.example/"], POLICY, 0),
    (&["explain", "-", "--request", "GET http://a.example/", "--format", "json"], POLICY, 0),
    (&["explain", "shop.yaml", "--requests", "access.log"], "", 0),
    (&["explain", "--cases", "../../../../examples/bookinfo/cases.yaml", "--format", "json"], "", 0),
    (&["test", "cases.yaml", "--only", "a file"], "", 0),
    (&["convert", "istio.yaml"], "", 0),
    (&["render", "-", "--as", "envoy"], POLICY, 0),
    (&["schema"], "", 0),
    (&["completions", "bash"], "", 0),
    (&["man"], "", 0),
    (&["netpol", "generate", "../../../../examples/bookinfo/graph.yaml"], "", 0),
    (&["netpol", "matrix", "-"], POD, 0),
    (&["netpol", "query", "-", "--from", "10.0.0.1", "--to", "default/Pod/a", "--port", "80"], POD, 0),
    (&["netpol", "audit", "--format", "json", "-"], "apiVersion: v1\nkind: Pod\nspc: 1\n", 1),
    (&["netpol", "diff", "../../../netpol/tests/bookinfo", "shop.yaml"], "", 1),
];

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_reported() {
    for (arguments, input, _) in PRINTING {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let run = run(arguments, input, full.into(), Stdio::piped());
        let err = String::from_utf8(run.stderr).unwrap();
        assert_eq!(run.status.code(), Some(2), "{arguments:?}: {err}");
        assert!(err.contains("error: cannot write to standard output: "), "{arguments:?}: {err}");
    }
}

#[test]
fn a_closed_pipe_does_not_change_the_exit_status() {
    for (arguments, input, status) in PRINTING {
        let run = run(arguments, input, closed(), closed());
        assert_eq!(run.status.code(), Some(status), "{arguments:?}");
    }
    for (arguments, status) in
        [(&["validate", "gone.yaml"][..], 2), (&["test", "shop.yaml"], 1), (&["lint"], 2)]
    {
        let run = run(arguments, "", closed(), closed());
        assert_eq!(run.status.code(), Some(status), "{arguments:?}");
    }
}
