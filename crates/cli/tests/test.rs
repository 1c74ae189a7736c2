//! `ringfence test`: the complete output, and the exit status.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod command;

use command::{Run, printed, run};
use serde_json::{Value, json};

#[test]
fn prints_the_differences_of_failed_cases() {
    let expected = Run { status: 1, ..printed(include_str!("data/cases.txt")) };
    assert_eq!(run(&["test", "cases.yaml"], ""), expected);
}

#[test]
fn exits_with_0_if_all_cases_pass() {
    let run = run(&["test", "cases.yaml", "--only", "a file", "--format", "json"], "");
    let result: Value = serde_json::from_str(&run.out).unwrap();
    let rule = |section: &str, rule: &str| json!({"section": section, "rule": rule});
    assert_eq!(
        result,
        json!({
            "passed": 1, "failed": 0,
            "files": [{"file": "cases.yaml", "cases": [
                {"name": "a file", "request": "GET /files/a", "passed": true, "error": null, "differences": []},
            ]}],
            "policies": [{
                "files": ["cases.yaml"],
                "exercised": [rule("vhost", "shop"), rule("path", "files"), rule("header", "edge")],
                "unexercised": [rule("path", "admin"), rule("path", "watched"), rule("path", "old")],
            }],
        })
    );
    assert_eq!(run.status, 0);
}

#[test]
fn writes_a_junit_report() {
    let file = std::env::temp_dir().join(format!("ringfence-junit-{}.xml", std::process::id()));
    run(&["test", "cases.yaml", "--junit", file.to_str().unwrap()], "");
    let written = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    assert_eq!(written, include_str!("data/junit.xml"));
}

#[test]
fn exits_with_2_for_a_missing_file() {
    assert_eq!(run(&["test", "gone.yaml"], "").status, 2);
}

#[test]
fn exits_with_2_if_no_case_has_the_name() {
    let err = "error: no case has a name that contains `zzz`\n".to_owned();
    assert_eq!(run(&["test", "cases.yaml", "--only", "zzz"], ""), Run { err, status: 2, ..printed("") });
}

#[test]
fn a_policy_is_not_a_case_file() {
    let run = run(&["test", "shop.yaml"], "");
    let message = "shop.yaml:2:1: error: missing_field: this is a policy, not a case file\n";
    let help = "\nhelp: write a file with `filter`, `policy` and `cases`\n";
    assert!(run.err.starts_with(message) && run.err.contains(help), "{}", run.err);
    assert_eq!((run.status, run.out.as_str()), (1, ""));
}

#[test]
fn a_problem_of_a_case_file_has_its_place() {
    let file = format!("{}/places.yaml", env!("CARGO_TARGET_TMPDIR"));
    let policy = format!("{}/places-policy.yaml", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(policy, "default: deny\n").unwrap();
    let valid = "filter: path-policy\npolicy: places-policy.yaml\ncases:\n  - {name: a, request: GET /, expect: {decision: deny, reason: denied}}\n  - name: b\n    request: GET /\n    expect:\n      decision: deny\n      reason: denied\n";
    for (old, new, place, message, help) in [
        (
            "path-policy",
            "path-polcy",
            "1:9",
            "unknown_filter: unknown filter `path-polcy`",
            "did you mean `path-policy`?",
        ),
        ("cases:", "case: []\ncases:", "3:1", "unknown_field: unknown field `case`", "did you mean `cases`?"),
        (
            "      decision",
            "      decisions",
            "8:7",
            "unknown_field: unknown field `decisions`",
            "did you mean `decision`?",
        ),
        ("    request: GET /\n    ", "    ", "5:5", "missing_field: missing field `request`", ""),
        (
            "      decision: deny",
            "      decision: denied",
            "8:17",
            "unknown_value: unknown value `denied`",
            "use one of `allow`, `deny`, `redirect`",
        ),
        (
            "      reason: denied\n",
            "",
            "8:7",
            "missing_field: missing field `reason`",
            "add the reason of the decision, such as `reason: denied`",
        ),
    ] {
        std::fs::write(&file, valid.replace(old, new)).unwrap();
        let run = run(&["test", &file], "");
        assert!(run.err.starts_with(&format!("{file}:{place}: error: {message}\n")), "{}", run.err);
        assert!(run.err.contains(&format!("help: {help}\n")) || help.is_empty(), "{}", run.err);
        assert_eq!((run.status, run.out.as_str()), (1, ""));
    }
    std::fs::write(&file, "filter: path-policy\npolicy: places-policy.yaml\ncases: []\n").unwrap();
    let empty = run(&["test", &file], "");
    assert!(empty.err.starts_with(&format!("{file}:3:8: error: empty_list: no cases\n")), "{empty:?}");
    assert_eq!((empty.status, empty.out.as_str()), (1, ""));
    std::fs::write(&file, valid.replace("places-policy", "gone")).unwrap();
    let gone = run(&["test", &file], "");
    assert!(gone.status == 2 && gone.err.contains("gone.yaml: "), "{gone:?}");
}

#[test]
fn an_invalid_policy_is_reported_with_its_place() {
    let folder = std::env::temp_dir().join(format!("ringfence-cases-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let policy = write("policy.yaml", "# a policy\ndefault: alow\n");
    let named = write("named.yaml", "filter: path-policy\npolicy: policy.yaml\ncases: []\n");
    let inline = write("inline.yaml", "filter: path-policy\npolicy:\n  default: alow\ncases: []\n");
    for (cases, place, excerpt) in [
        (&named, format!("{policy}:2:10"), " 2 | default: alow\n   |          ^^^^\n"),
        (&inline, format!("{inline}:3:12"), " 3 |   default: alow\n   |            ^^^^\n"),
    ] {
        for run in [run(&["test", cases], ""), run(&["explain", "--cases", cases, "--format", "json"], "")] {
            let message = format!("{place}: error: unknown_value: unknown value `alow`\n{excerpt}");
            assert!(run.err.starts_with(&message), "{}", run.err);
            assert_eq!((run.status, run.out.as_str()), (1, ""));
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
