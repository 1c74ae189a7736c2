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

/// The codes of policies, of the lint, and those in the source of other readers: the first word in quotes after each of
/// these calls.
fn codes() -> BTreeSet<String> {
    let calls = ["found.add(", "Finding::error(", "Finding::warning(", ".note("];
    let folders = ["crates/yaml/src", "crates/cli/src/validate"];
    let mut codes: BTreeSet<String> = lint::CODES.iter().map(|(code, _)| (*code).to_owned()).collect();
    codes.extend(policy::document::Code::ALL.iter().map(|code| code.name().to_owned()));
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

/// The blocks of a page that are YAML.
fn blocks(page: &str) -> Vec<&str> {
    page.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

#[test]
fn what_people_copy_has_no_problems() {
    let mut pages = files(&root().join("docs"), &["md"]);
    pages.push(root().join("README.md"));
    let mut checked = 0;
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap();
        for block in blocks(&text) {
            if block.starts_with("# fragment") {
                continue;
            }
            // What is converted stays close to its source, regular expressions and all.
            let allowed: &[&str] =
                if page.ends_with("convert.md") { &["--allow", "simple_regex"] } else { &[] };
            let (out, err, status) = run(&[&["validate"], allowed, &["-"]].concat(), block);
            // A page on NetworkPolicies has no policies of modules.
            let strange = block.starts_with("# filter") && out.contains("warning: ");
            assert!(status == 0 && !strange, "{}: {block}{out}{err}", page.display());
            checked += 1;
        }
    }
    assert!(checked > 20, "{checked}");
    let (out, _, status) =
        run(&["validate", "--deny-warnings", "../../../../examples", "../../../../envoy-configs"], "");
    assert_eq!(status, 0, "{out}");
    let count: usize = out.split(' ').next().unwrap().parse().unwrap();
    assert!(out.ends_with("policies, no problems\n") && count > 15, "{out}");
}

const LOOSE: &str = "default: allow\n";

#[test]
fn warnings_end_with_1_where_that_is_asked_for() {
    let warned = run(&["validate", "-"], LOOSE);
    assert_eq!(warned.2, 0);
    assert!(warned.0.ends_with("1 policy, no problems, 1 warning\n"), "{}", warned.0);
    assert_eq!(run(&["validate", "--deny-warnings", "-"], LOOSE).2, 1);
    let allowed = run(&["validate", "--deny-warnings", "--allow", "allow_all", "-"], LOOSE);
    assert_eq!((allowed.0.as_str(), allowed.2), ("1 policy, no problems\n", 0));
}

#[test]
fn programs_and_github_read_it_too() {
    let text = "default: deny\nrules: [{name: a, acton: allow}]\n";
    let (out, _, status) = run(&["validate", "--format", "json", "-"], text);
    let value: serde_json::Value = serde_json::from_str(&out).unwrap();
    let place = |code: &str, column: usize, width: usize, path: &str, message: &str, help: &str| {
        serde_json::json!({
            "severity": "error", "code": code, "file": "-", "line": 2, "column": column, "width": width, "path": path,
            "message": message, "help": help,
        })
    };
    let expected = serde_json::json!({"policies": 1, "problems": [
        place("missing_field", 9, 1, "rules[0]", "missing field `action`", "add `action`"),
        place("unknown_field", 19, 5, "rules[0].acton", "unknown field `acton`", "did you mean `action`?"),
    ]});
    assert_eq!((value, status), (expected, 1));
    let (out, _, status) = run(&["validate", "--format", "github", "-"], text);
    let expected = "\
::error file=-,line=2,col=9,endColumn=10,title=missing_field::missing field `action`%0Aadd `action`
::error file=-,line=2,col=19,endColumn=24,title=unknown_field::unknown field `acton`%0Adid you mean `action`?
";
    assert_eq!((out.as_str(), status), (expected, 1));
}

#[test]
fn a_wrong_call_ends_with_2() {
    for arguments in [
        &["validate"][..],
        &["validate", "no-such-file.yaml"],
        &["validate", "--filter", "lua", "-"],
        &["validate", "--allow", "syntax", "-"],
        &["validate", "--format", "xml", "-"],
    ] {
        let (out, err, status) = run(arguments, "");
        assert_eq!((out.as_str(), status), ("", 2), "{arguments:?}: {err}");
    }
}

#[test]
fn the_filter_that_is_named_counts() {
    let (out, _, status) =
        run(&["validate", "--filter", "vhost-policy", "-"], "# filter: path-policy\ndefault: deny\n");
    assert_eq!(status, 1);
    assert!(out.contains("-:2:1: error: unknown_field: "), "{out}");
}

#[test]
fn ten_thousand_rules_are_read_and_compared() {
    let rule = |number: usize| {
        format!("  - {{name: r{number}, match: {{paths: [{{prefix: /api/v{number}}}]}}, action: allow}}\n")
    };
    let last = "  - {name: last, match: {paths: [{exact: /api/v77/x}]}, action: deny}\n";
    let text = format!("default: deny\nrules:\n{}{last}", (0..10_000).map(rule).collect::<String>());
    let (out, _, status) = run(&["validate", "-"], &text);
    assert!(out.contains("unreachable_rule: rule `last` never matches: `r77` matches all"), "{out}");
    assert_eq!(status, 0);
}
