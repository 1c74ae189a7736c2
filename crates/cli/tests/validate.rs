//! `ringfence validate`. `snapshots/` has the output for each file;
//! `UPDATE_SNAPSHOTS=1 cargo test -p ringfence-cli --test validate` updates it.

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

/// Returns standard output, standard error and the exit status.
fn run(arguments: &[&str], input: &str) -> (String, String, i32) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ringfence"))
        .args(arguments)
        .current_dir(root().join("crates/cli/tests/snapshots"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // With invalid flags, the command does not read its input.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap())
}

/// Returns the files of a folder with one of these extensions, sorted.
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
fn output_equals_the_snapshots() {
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

/// Returns the codes of policies, and those in the tables of the documentation, which a unit test compares with the command.
fn codes() -> BTreeSet<String> {
    let page = std::fs::read_to_string(root().join("docs/command.md")).unwrap();
    let rows =
        page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |").map(|(code, _)| code));
    let is_code = |code: &&str| {
        code.contains('_')
            && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    let documented = rows.filter(is_code).map(str::to_owned);
    let engine = policy::document::Code::ALL.iter().map(|code| code.name().to_owned());
    documented.chain(engine).collect()
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

/// Returns the YAML blocks of a page.
fn blocks(page: &str) -> Vec<&str> {
    page.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

#[test]
fn examples_have_no_problems() {
    let mut pages = files(&root().join("docs"), &["md"]);
    pages.push(root().join("README.md"));
    let mut checked = 0;
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap();
        for block in blocks(&text) {
            if block.starts_with("# fragment") {
                continue;
            }
            // Converted policies keep the regular expressions of their sources.
            let allowed: &[&str] =
                if page.ends_with("convert.md") { &["--allow", "simple_regex"] } else { &[] };
            let (out, err, status) = run(&[&["validate"], allowed, &["-"]].concat(), block);
            // The pages about NetworkPolicies have no policies of modules.
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

/// The warnings of all policies of the repository are those of a list that was reviewed.
#[test]
fn warnings_about_all_policies_are_reviewed() {
    let folders = ["examples", "envoy-configs", "tests/cases"].map(|folder| format!("../../../../{folder}"));
    let folders: Vec<&str> = folders.iter().map(String::as_str).collect();
    let (out, err, _) = run(&[&["validate", "--format", "json"], &folders[..]].concat(), "");
    let report: serde_json::Value = serde_json::from_str(&out).expect(&err);
    assert!(report["policies"].as_u64().unwrap() > 100, "{}", report["policies"]);
    let line = |found: &serde_json::Value| {
        let text = |field: &str| found[field].as_str().unwrap().trim_start_matches("../").to_owned();
        format!("{} {} {}\n", text("code"), text("file"), text("path"))
    };
    let lines: String = report["problems"].as_array().unwrap().iter().map(line).collect();
    assert_eq!(lines, include_str!("data/warnings.txt"));
}

const LOOSE: &str = "default: allow\n";

#[test]
fn warnings_fail_with_deny_warnings() {
    let warned = run(&["validate", "-"], LOOSE);
    assert_eq!(warned.2, 0);
    assert!(warned.0.ends_with("1 policy, no problems, 1 warning\n"), "{}", warned.0);
    assert_eq!(run(&["validate", "--deny-warnings", "-"], LOOSE).2, 1);
    let allowed = run(&["validate", "--deny-warnings", "--allow", "allow_all", "-"], LOOSE);
    assert_eq!((allowed.0.as_str(), allowed.2), ("1 policy, no problems\n", 0));
}

#[test]
fn renders_every_format() {
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
    let (out, _, status) = run(&["validate", "--format", "sarif", "-"], text);
    let log: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((log["version"].as_str(), status), (Some("2.1.0"), 1));
    let results = log["runs"][0]["results"].as_array().unwrap();
    let region = serde_json::json!({"startLine": 2, "startColumn": 19, "endColumn": 24});
    assert_eq!((results.len(), &results[1]["ruleId"]), (2, &"unknown_field".into()));
    assert_eq!(results[1]["locations"][0]["physicalLocation"]["region"], region);
}

#[test]
fn exits_with_2_for_invalid_flags() {
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
fn says_which_files_cannot_be_read() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("unreadable");
    std::fs::create_dir_all(folder.join("empty")).unwrap();
    std::fs::write(folder.join("binary.yaml"), b"\xff\xfe").unwrap();
    for (name, message) in
        [("empty", "no YAML or JSON files in this folder"), ("binary.yaml", "not a text file in UTF-8")]
    {
        let path = folder.join(name).to_str().unwrap().to_owned();
        assert_eq!(run(&["validate", &path], ""), (String::new(), format!("error: {path}: {message}\n"), 2));
    }
}

#[test]
fn the_flag_overrides_the_comment() {
    let (out, _, status) =
        run(&["validate", "--filter", "vhost-policy", "-"], "# filter: path-policy\ndefault: deny\n");
    let message = "-:2:1: error: wrong_filter: this is a policy of path-policy, not of vhost-policy\n 2 | default: deny\n";
    assert!(out.starts_with(message) && out.contains("\nhelp: use `--filter path-policy`\n"), "{out}");
    assert_eq!(status, 1);
}

#[test]
fn a_policy_with_unknown_fields_is_not_one_of_another_filter() {
    let (out, ..) = run(&["validate", "--filter", "vhost-policy", "-"], "default: deny\nhosst: []\n");
    assert!(out.contains("-:2:1: error: unknown_field: ") && !out.contains("wrong_filter"), "{out}");
}

#[test]
fn checks_ten_thousand_rules() {
    let rule = |number: usize| {
        format!("  - {{name: r{number}, match: {{paths: [{{prefix: /api/v{number}}}]}}, action: allow}}\n")
    };
    let last = "  - {name: last, match: {paths: [{exact: /api/v77/x}]}, action: deny}\n";
    let text = format!("default: deny\nrules:\n{}{last}", (0..10_000).map(rule).collect::<String>());
    let (out, _, status) = run(&["validate", "-"], &text);
    assert!(out.contains("unreachable_rule: rule `last` never matches: `r77` matches all"), "{out}");
    assert_eq!(status, 0);
}
