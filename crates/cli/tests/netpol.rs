//! `ringfence netpol`, run as a user runs it: its whole output and its exit status.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod command;

use command::{Run, run_in};
use std::path::{Path, PathBuf};

/// Runs `netpol` in the folder of the hardened Bookinfo, with text on standard input.
fn run(arguments: &[&str], input: &str) -> Run {
    run_in("../netpol/tests/bookinfo", &[], &[&["netpol"], arguments].concat(), input)
}

fn printed(out: &str, status: i32) -> Run {
    Run { out: out.to_owned(), err: String::new(), status }
}

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {app: a}}\nspec: {containers: [{name: c}]}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: b, labels: {app: b}}\nspec: {containers: [{name: c}]}\n---\n";

fn policy(port: &str) -> String {
    format!(
        "{POD}apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: a}}
spec:
  podSelector: {{matchLabels: {{app: a}}}}
  ingress:
    - from: [{{podSelector: {{matchLabels: {{app: b}}}}}}]
      ports: [{{port: {port}}}]
"
    )
}

#[test]
fn shows_every_problem_with_its_line() {
    let text =
        policy("80, protcol: TCP").replace("ingress:", "ingres:").replace("name: a}\nspec", "name: A}\nspec");
    let run = run(&["matrix", "-"], &text);
    assert_eq!(
        run.err,
        "\
-:13:18: error: invalid_name: invalid name `A`
 13 | metadata: {name: A}
    |                  ^
help: use lower-case letters, digits and `-`, with a letter or digit at both ends

-:16:3: error: unknown_field: unknown field `ingres`
 16 |   ingres:
    |   ^^^^^^
help: did you mean `ingress`?

2 problems
"
    );
    assert_eq!((run.out.as_str(), run.status), ("", 1));
}

#[test]
fn prints_problems_as_json() {
    let run = run(&["audit", "--format", "json", "-"], &policy("80, protcol: TCP"));
    let value: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let expected = serde_json::json!({"problems": [{
        "severity": "error", "file": "-", "line": 18, "column": 26, "width": 7, "code": "unknown_field", "path": "",
        "message": "unknown field `protcol`", "help": "did you mean `protocol`?",
    }]});
    assert_eq!((value, run.err.as_str(), run.status), (expected, "1 problem\n", 1));
}

#[test]
fn prints_the_matrix_in_every_format() {
    let text = policy("80");
    let any = "0.0.0.0-255.255.255.255                     default/Pod/b                               all";
    let table = run(&["matrix", "-"], &text).out;
    assert!(
        table.starts_with(
            "FROM                                        TO                                          PORTS\n"
        ),
        "{table}"
    );
    assert!(table.contains(any), "{table}");
    assert!(table.contains(
        "default/Pod/b                               default/Pod/a                               TCP 80\n"
    ));
    let markdown = run(&["matrix", "--format", "markdown", "-"], &text).out;
    assert!(markdown.contains("| default/Pod/b | default/Pod/a | TCP 80 |\n"), "{markdown}");
    let json: serde_json::Value =
        serde_json::from_str(&run(&["matrix", "--format", "json", "-"], &text).out).unwrap();
    let ports = serde_json::json!([{"protocol": "TCP", "first": 80, "last": 80}]);
    let row = serde_json::json!({"from": "default/Pod/b", "to": "default/Pod/a", "ports": ports});
    assert!(json["connections"].as_array().unwrap().contains(&row), "{json}");
    assert!(run(&["matrix", "--format", "svg", "-"], &text).out.starts_with("<svg "));
    assert!(run(&["matrix", "--format", "dot", "-"], &text).out.starts_with("digraph "));
}

#[test]
fn query_prints_policies_and_rules() {
    let asked = |from: &str, to: &str| {
        run(&["query", "-", "--from", from, "--to", to, "--port", "80"], &policy("80"))
    };
    assert_eq!(
        asked("default/Pod/b", "default/Pod/a"),
        printed(
            "\
allowed
  egress of default/Pod/b: allowed
    no policy selects it: everything is allowed
  ingress of default/Pod/a: allowed
    -:13: NetworkPolicy default/a allows it: spec.ingress[0]
",
            0
        )
    );
    assert_eq!(
        asked("203.0.113.9", "default/Pod/a"),
        printed(
            "\
denied
  egress of 203.0.113.9: allowed
    it is outside the cluster, where NetworkPolicies do not apply
  ingress of default/Pod/a: denied
    -:13: NetworkPolicy default/a selects it, and none of its rules allows this
",
            0
        )
    );
    assert_eq!(asked("default/Pod/a", "default/Pod/a").out, "allowed\n  a pod always reaches itself\n");
}

#[test]
fn an_unknown_workload_is_a_usage_error() {
    let wrong = run(
        &["query", "-", "--from", "default/Pd/b", "--to", "default/Pod/a", "--port", "80"],
        &policy("80"),
    );
    let err = "error: unknown workload `default/Pd/b`; did you mean `default/Pod/b`?\n";
    assert_eq!((wrong.err.as_str(), wrong.status), (err, 2));
    assert_eq!(run(&["query", "-", "--port", "0"], "").status, 2);
    assert_eq!(run(&["matrix", "no-such-file.yaml"], "").status, 2);
    assert_eq!(run(&["matrix"], "").status, 2);
}

#[test]
fn diff_exits_with_1_if_clusters_differ() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let before = folder.join("before.yaml");
    std::fs::write(&before, policy("80")).unwrap();
    let before = before.to_str().unwrap();
    let expected = "+ default/Pod/b -> default/Pod/a: TCP 81\n- default/Pod/b -> default/Pod/a: TCP 80\n";
    assert_eq!(run(&["diff", before, "-"], &policy("81")), printed(expected, 1));
    assert_eq!(run(&["diff", before, "-"], &policy("80")), printed("", 0));
}

#[test]
fn audit_exits_with_1_if_there_is_a_finding() {
    assert_eq!(run(&["audit", "."], ""), printed("no findings\n", 0));
    let all: Vec<PathBuf> =
        std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../netpol/tests/bookinfo"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| !path.ends_with("deny-default.yaml"))
            .collect();
    let mut arguments = vec!["audit"];
    arguments.extend(all.iter().map(|path| path.to_str().unwrap()));
    let found = run(&arguments, "");
    let namespaces = all.iter().find(|path| path.ends_with("namespaces.yaml")).unwrap().display().to_string();
    assert_eq!(
        found.out,
        format!(
            "\
{namespaces}:4:9: medium: unselected-workload: no NetworkPolicy isolates the ingress or egress of a new pod in `default`
  object: Namespace default
  impact: an attacker who can start a pod there, or change the labels of one, is not isolated
  remedy:
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      name: deny
      namespace: default
    spec:
      podSelector: {{}}
      policyTypes:
        - Ingress
        - Egress
      ingress: []
      egress: []

1 finding
"
        )
    );
    assert_eq!(found.status, 1);
}

#[test]
fn the_matrix_of_bookinfo_is_the_graph_and_the_plumbing() {
    let json: serde_json::Value =
        serde_json::from_str(&run(&["matrix", "--format", "json", "."], "").out).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let mut within: Vec<(String, String)> = (json["connections"].as_array().unwrap().iter())
        .map(|row| (text(&row["from"]), text(&row["to"])))
        .filter(|(from, to)| to.starts_with("default/") && !from.starts_with("monitoring/"))
        .collect();
    within.sort();
    let name = |name: &str| format!("default/Deployment/{name}");
    let mut expected = vec![
        ("istio-system/Deployment/istio-ingressgateway".to_owned(), name("productpage-v1")),
        (name("productpage-v1"), name("details-v1")),
    ];
    for reviews in ["reviews-v1", "reviews-v2", "reviews-v3"] {
        expected.push((name("productpage-v1"), name(reviews)));
        expected.push((name(reviews), name("ratings-v1")));
    }
    expected.sort();
    assert_eq!(within, expected);
}

#[test]
fn the_bundled_example_is_generated_and_its_matrix_is_its_graph() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/bookinfo");
    let graph = example.join("graph.yaml");
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("generated");
    let folder_name = folder.to_str().unwrap();
    let made = run(&["generate", graph.to_str().unwrap(), "--output", folder_name], "");
    assert_eq!(made, printed("", 0));
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let bundled = example.join("network-policies").join(path.file_name().unwrap());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), std::fs::read_to_string(bundled).unwrap());
    }
    // The edges of the graph, and the connections from outside.
    let matrix = run(&["matrix", "--group", "--format", "markdown", example.to_str().unwrap()], "").out;
    let (name, gateway) =
        (|name: &str| format!("default/Deployment/{name}"), "istio-system/Deployment/istio-ingressgateway");
    let any = ["0.0.0.0-255.255.255.255", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"];
    let rows = [
        (name("productpage-v1"), name("details-v1"), "TCP 9080"),
        (name("productpage-v1"), name("reviews-v1 +2"), "TCP 9080"),
        (name("reviews-v1 +2"), name("ratings-v1"), "TCP 9080"),
        (gateway.to_owned(), name("productpage-v1"), "TCP 9080"),
        (any[0].to_owned(), gateway.to_owned(), "TCP 8080, 8443, 15021"),
        (any[1].to_owned(), gateway.to_owned(), "TCP 8080, 8443, 15021"),
    ];
    let rows: String = rows.map(|(from, to, ports)| format!("| {from} | {to} | {ports} |\n")).concat();
    assert_eq!(
        matrix.split_once("\n\n").unwrap().0,
        format!("| from | to | ports |\n|---|---|---|\n{rows}").trim_end()
    );
    let wrong = std::fs::read_to_string(&graph).unwrap().replace("from: [ingress]", "from: [ingres]");
    let rejected = run(&["generate", "-"], &wrong);
    assert!(rejected.err.contains("did you mean `ingress`?"), "{}", rejected.err);
    assert_eq!(rejected.status, 1);
}

#[test]
fn the_bundled_example_is_clean_only_with_all_its_files() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/bookinfo");
    let files = |without: &[&str]| -> Vec<String> {
        let folders = ["application", "gateway", "network-policies"].map(|folder| example.join(folder));
        let entries = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
        let paths = entries.map(|entry| entry.unwrap().path());
        paths
            .filter(|path| !without.iter().any(|name| path.ends_with(name)))
            .map(|path| path.to_str().unwrap().to_owned())
            .collect()
    };
    let audit = |without: &[&str]| {
        let files = files(without);
        run(&["audit"].into_iter().chain(files.iter().map(String::as_str)).collect::<Vec<_>>(), "")
    };
    assert_eq!(audit(&[]), printed("no findings\n", 0));
    for (without, expected) in [
        (&["namespace.yaml"][..], "outside-mesh: "),
        (&["routes.yaml"], "gateway-ports: "),
        (&["wasmplugin.yaml", "trafficextension.yaml"], "l7-bypass: "),
        (
            &["00-default-deny.yaml"],
            "unselected-workload: no NetworkPolicy isolates the ingress of a new pod in `default`",
        ),
        (
            &["30-ingress.yaml"],
            "unselected-workload: no NetworkPolicy isolates the ingress or egress of `istio-system/",
        ),
    ] {
        let found = audit(without);
        assert!(found.out.contains(expected) && found.status == 1, "{without:?}: {}", found.out);
    }
}

#[test]
fn audit_finds_each_missing_policy_of_a_graph() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/bookinfo");
    let folder = format!("{}/taken-out", env!("CARGO_TARGET_TMPDIR"));
    let copy = |without: Option<&Path>| {
        let _ = std::fs::remove_dir_all(&folder);
        for part in ["application", "gateway", "network-policies", "."] {
            let target = Path::new(&folder).join(part);
            std::fs::create_dir_all(&target).unwrap();
            for entry in std::fs::read_dir(example.join(part)).unwrap() {
                let path = entry.unwrap().path();
                if path.is_file() && without.is_none_or(|without| !path.ends_with(without)) {
                    std::fs::copy(&path, target.join(path.file_name().unwrap())).unwrap();
                }
            }
        }
        run(&["audit", &folder], "")
    };
    assert_eq!(copy(None), printed("no findings\n", 0));
    let policies = std::fs::read_dir(example.join("network-policies")).unwrap();
    let names = policies.map(|entry| Path::new("network-policies").join(entry.unwrap().file_name()));
    let names: Vec<_> = names.filter(|name| !name.ends_with("kustomization.yaml")).collect();
    assert_eq!(names.len(), 8);
    for name in names {
        let found = copy(Some(&name));
        let file = name.file_name().unwrap().to_str().unwrap();
        let expected = format!("graph-policy: `{file}` of the graph is missing: ");
        assert!(found.out.contains(&expected) && found.status == 1, "{name:?}: {}", found.out);
    }
    // A policy that differs from the graph is a finding, too.
    copy(None);
    let loose = Path::new(&folder).join("network-policies/40-details.yaml");
    let text = std::fs::read_to_string(&loose).unwrap().replace("port: 9080", "port: 9081");
    std::fs::write(&loose, text).unwrap();
    let found = run(&["audit", &folder], "").out;
    assert!(
        found.contains("graph-policy: the policies of `40-details.yaml` differ from the graph"),
        "{found}"
    );
}

#[test]
fn generate_reads_a_file() {
    let refused = run(&["generate", "."], "");
    let err = "error: .: this is a folder; write the path of a file with a ServiceGraph\n";
    assert_eq!((refused.err.as_str(), refused.status), (err, 2));
}

#[test]
fn the_page_names_every_option_and_finding() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/network-policies.md");
    let page = std::fs::read_to_string(page).unwrap();
    for command in ["generate", "matrix", "query", "diff", "audit"] {
        let (_, section) = page.split_once(&format!("\n## {command}\n")).unwrap();
        let section = section.split("\n## ").next().unwrap();
        let help = run(&[command, "--help"], "").out;
        let options = help.split_whitespace().filter(|word| word.starts_with("--") && *word != "--help");
        for option in options.map(|word| word.trim_end_matches(',')) {
            assert!(section.contains(&format!("`{option}")), "{command}: {option}");
        }
    }
    use netpol::audit::Code;
    for code in Code::ALL {
        assert!(page.contains(&format!("| {} | `{code}` |", code as u8)), "{code}");
    }
}

#[test]
fn an_audit_without_workloads_is_a_problem() {
    let policy = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec: {podSelector: {}}\n";
    for format in ["text", "json"] {
        let run = run(&["audit", "--format", format, "-"], policy);
        let message = "error: no workloads in these manifests, so nothing was audited; ";
        assert!(run.err.starts_with(message) && run.out.is_empty(), "{run:?}");
        assert_eq!(run.status, 1);
    }
}
