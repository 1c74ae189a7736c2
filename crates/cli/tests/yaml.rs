//! Every subcommand reads YAML and JSON in the same way.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod command;

use command::run;

const REQUEST: [&str; 2] = ["--request", "GET https://shop.example.com/admin"];

/// Runs `test` on a file with one case: the policy allows the request.
fn test(name: &str, policy: &str) -> command::Run {
    let file = format!("{}/{name}", env!("CARGO_TARGET_TMPDIR"));
    let case = format!(
        "{{\"filter\": \"path-policy\", \"policy\": {policy}, \"cases\": [{{\"name\": \"a\", \"request\": \"GET /admin\", \"expect\": {{\"decision\": \"allow\"}}}}]}}"
    );
    std::fs::write(&file, case).unwrap();
    run(&["test", &file], "")
}

#[test]
fn a_bare_off_turns_a_filter_off() {
    let policy = "mode: off\ndefault: deny\n";
    let validated = run(&["validate", "--filter", "path-policy", "-"], policy);
    assert_eq!((validated.out.as_str(), validated.status), ("1 policy, no problems\n", 0));
    let explained = run(&[&["explain", "--filter", "path-policy", "-"], &REQUEST[..]].concat(), policy);
    assert!(explained.out.contains("allow") && explained.status == 0, "{explained:?}");
    let tested = test("off.yaml", "{\"mode\": off, \"default\": deny}");
    assert_eq!(tested.status, 0, "{tested:?}");
    let rendered = run(&["render", "--filter", "path-policy", "--as", "envoy", "-"], policy);
    assert_eq!(run(&["validate", "-"], &rendered.out).status, 0, "{rendered:?}");
    for (word, expected) in [("no", 0), ("yes", 1), ("true", 1), ("on", 1)] {
        let policy = format!("mode: {word}\ndefault: deny\n");
        assert_eq!(run(&["validate", "--filter", "path-policy", "-"], &policy).status, expected, "{word}");
    }
}

#[test]
fn json_with_tabs_and_surrogate_pairs_is_read_everywhere() {
    let policy = "{\n\t\"default\": \"allow\",\n\t\"response\": {\"body\": \"\\ud83d\\ude00\"}\n}\n";
    for arguments in [
        vec!["validate", "--filter", "path-policy", "-"],
        vec!["render", "--filter", "path-policy", "--as", "envoy", "-"],
        [&["explain", "--filter", "path-policy", "-"], &REQUEST[..]].concat(),
    ] {
        let read = run(&arguments, policy);
        assert_eq!(read.status, 0, "{arguments:?}: {read:?}");
    }
    let tested = test("json.json", policy);
    assert_eq!(tested.status, 0, "{tested:?}");
    let source = "{\n\t\"rules\": {\"policies\": {\"\\ud83d\\ude00\": {\"permissions\": [{\"any\": true}], \"principals\": [{\"any\": true}]}}}\n}\n";
    let converted = run(&["convert", "-"], source);
    assert_eq!(converted.status, 0, "{converted:?}");
    let pod = "{\n\t\"apiVersion\": \"v1\", \"kind\": \"Pod\",\n\t\"metadata\": {\"name\": \"a\", \"annotations\": {\"a\": \"\\ud83d\\ude00\"}},\n\t\"spec\": {\"containers\": [{\"name\": \"c\"}]}\n}\n";
    let matrix = run(&["netpol", "matrix", "-"], pod);
    assert!(matrix.status == 0 && matrix.out.contains("default/Pod/a"), "{matrix:?}");
}
