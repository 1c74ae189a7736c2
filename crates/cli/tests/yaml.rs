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
fn a_bare_off_is_rejected_by_every_subcommand() {
    let (policy, quoted) = ("mode: off\ndefault: deny\n", "mode: \"off\"\ndefault: deny\n");
    for arguments in [
        vec!["validate", "--filter", "path-policy", "-"],
        vec!["render", "--filter", "path-policy", "--as", "envoy", "-"],
        [&["explain", "--filter", "path-policy", "-"], &REQUEST[..]].concat(),
    ] {
        let rejected = run(&arguments, policy);
        let text = format!("{}{}", rejected.out, rejected.err);
        assert!(rejected.status == 1 && text.contains("put it in quotes"), "{arguments:?}: {rejected:?}");
        assert_eq!(run(&arguments, quoted).status, 0, "{arguments:?}");
    }
    let rejected = test("off.yaml", "{\"mode\": off, \"default\": deny}");
    assert!(rejected.status == 1 && rejected.err.contains("put it in quotes"), "{rejected:?}");
    assert_eq!(test("quoted-off.yaml", "{\"mode\": \"off\", \"default\": deny}").status, 0);
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
