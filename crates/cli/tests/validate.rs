//! `ringfence validate`, run as people run it. What it prints of each file in `snapshots/` stands beside the file;
//! `UPDATE_SNAPSHOTS=1 cargo test -p ringfence-cli --test validate` writes it anew.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests"
)]

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What the command prints, and how it ends.
fn run(arguments: &[&str], input: &str) -> (String, String, i32) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ringfence"))
        .args(arguments)
        .current_dir(root().join("crates/cli/tests/snapshots"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A call that is wrong reads nothing.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap())
}

/// The files of a folder with one of these endings, in order.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, endings));
        } else if endings.iter().any(|ending| path.extension().is_some_and(|other| other == *ending)) {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn every_file_is_shown_as_its_snapshot() {
    let update = std::env::var_os("UPDATE_SNAPSHOTS").is_some();
    for file in files(&root().join("crates/cli/tests/snapshots"), &["yaml", "json"]) {
        let name = file.file_name().unwrap().to_str().unwrap();
        let (out, err, status) = run(&["validate", name], "");
        let shown = format!("{out}{err}exit status {status}\n");
        let snapshot = file.with_extension("txt");
        if update {
            std::fs::write(&snapshot, &shown).unwrap();
        }
        let expected = std::fs::read_to_string(&snapshot).unwrap_or_default();
        assert_eq!(shown, expected, "{name}");
    }
}

/// The codes that stand in the source of what finds problems: the first word in quotes behind each of these calls.
fn codes() -> BTreeSet<String> {
    let calls = [
        "problems.add(",
        "problem(problems",
        "problem(\n",
        "found.add(",
        "Finding::error(",
        "Finding::warning(",
        ".note(",
    ];
    let folders = ["crates/policy/src", "crates/lint/src", "crates/yaml/src", "crates/cli/src/validate"];
    let mut codes = BTreeSet::new();
    for file in folders.iter().flat_map(|folder| files(&root().join(folder), &["rs"])) {
        let source = std::fs::read_to_string(file).unwrap();
        let code = source.split("#[cfg(test)]").next().unwrap();
        for call in calls {
            codes.extend(code.split(call).skip(1).filter_map(|behind| {
                let behind = behind.split(';').next()?;
                let word = behind.split('"').nth(1)?;
                let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
                word.bytes().all(plain).then(|| word.to_owned())
            }));
        }
    }
    codes
}

#[test]
fn each_code_has_a_snapshot() {
    let codes = codes();
    assert!(codes.len() > 40, "{codes:?}");
    let snapshots = files(&root().join("crates/cli/tests/snapshots"), &["txt"]);
    let shown: String = snapshots.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    let missing: Vec<_> = codes.iter().filter(|code| !shown.contains(&format!(": {code}: "))).collect();
    assert!(missing.is_empty(), "no snapshot has {missing:?}");
}
