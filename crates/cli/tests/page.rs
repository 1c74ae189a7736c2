//! The documentation of the command, and its output: `render`, `schema`, `completions`, `man`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Runs a line in a shell at the root of the repository, with the command on its path.
fn shell(line: &str) -> (String, String, i32) {
    let folder = Path::new(env!("CARGO_BIN_EXE_ringfence")).parent().unwrap().to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(folder).chain(std::env::split_paths(&path))).unwrap();
    let output =
        Command::new("sh").args(["-c", line]).current_dir(root()).env("PATH", path).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap())
}

fn page() -> String {
    std::fs::read_to_string(root().join("docs/command.md")).unwrap()
}

#[test]
fn the_examples_print_the_documented_output() {
    let page = page();
    let mut ran = 0;
    for block in page.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap()) {
        for example in block.split("$ ").skip(1) {
            let (line, expected) = example.split_once('\n').unwrap();
            // Tests write to a folder of their own.
            let line = line.replace("/tmp/", &format!("{}/", env!("CARGO_TARGET_TMPDIR")));
            let (out, err, _) = shell(&line);
            assert_eq!(format!("{out}{err}"), expected, "{line}");
            ran += 1;
        }
    }
    assert!(ran > 3, "{ran}");
}

#[test]
fn the_pages_list_every_option() {
    for (file, command, heading) in [
        ("command", "validate", "validate"),
        ("command", "render", "render"),
        ("command", "schema", "schema"),
        ("command", "completions", "completions and man"),
        ("command", "man", "completions and man"),
        ("explain", "explain", "explain"),
        ("explain", "test", "test"),
        ("convert", "convert", "Options"),
    ] {
        let page = std::fs::read_to_string(root().join(format!("docs/{file}.md"))).unwrap();
        let (_, section) = page.split_once(&format!("\n## {heading}\n")).unwrap();
        let section = section.split("\n## ").next().unwrap();
        let (help, ..) = shell(&format!("ringfence {command} --help"));
        let options = help.split_whitespace().filter(|word| word.starts_with("--") && *word != "--help");
        for option in options.map(|word| word.trim_end_matches(',')) {
            assert!(section.contains(&format!("`{option}")), "{command}: {option}");
        }
    }
}

const POLICIES: [&str; 6] = [
    "header-policy",
    "path-policy",
    "ringfence",
    "token-validation",
    "token-validation-remote",
    "vhost-policy",
];

#[test]
fn rendered_manifests_are_valid() {
    let digest = "0123456789abcdef".repeat(4);
    let istio = format!(
        "--image oci://registry.example/x:1 --digest sha256:{digest} --selector app=web --selector 'version=1.10' \
         --namespace web --phase authz --traffic SERVER --fail-strategy FAIL_CLOSE --name own"
    );
    for (kind, options) in [
        ("wasmplugin", istio.as_str()),
        ("trafficextension", &istio),
        ("wasmplugin", "--image file:///etc/x.wasm --target Gateway/web"),
        (
            "envoyextensionpolicy",
            &format!("--image oci://registry.example/x:1 --digest {digest} --target Gateway/web"),
        ),
        (
            "envoyextensionpolicy",
            &format!("--image https://modules.example/x.wasm --digest {digest} --target HTTPRoute/a"),
        ),
        ("envoy", ""),
        ("envoy", &format!("--image https://modules.example/x.wasm --digest {digest} --cluster modules")),
    ] {
        for (policy, format) in POLICIES.into_iter().flat_map(|policy| [(policy, "yaml"), (policy, "json")]) {
            let filter = policy.trim_end_matches("-remote");
            let line = format!(
                "ringfence render examples/policies/{policy}.yaml --as {kind} {options} --format {format} | \
                 ringfence validate --deny-warnings --filter {filter} -"
            );
            assert_eq!(shell(&line), ("1 policy, no problems\n".to_owned(), String::new(), 0), "{line}");
        }
    }
}

#[test]
fn reports_why_a_manifest_cannot_be_rendered() {
    let path = "examples/policies/path-policy.yaml";
    for (line, status, message) in [
        (
            format!("ringfence render {path} --as wasmplugin"),
            2,
            "error: the URL of the module is missing; add `--image oci://…`\n",
        ),
        (
            format!("ringfence render {path} --as envoyextensionpolicy --image oci://a/b"),
            2,
            "error: the target is missing; add `--target Gateway/NAME`\n",
        ),
        (
            format!("ringfence render {path} --as envoy --phase AUTHN"),
            2,
            "error: `--phase` cannot be used with `--as envoy`\n",
        ),
        (
            format!("ringfence render {path} --as envoy --image https://a/b.wasm"),
            2,
            "error: to fetch a module, Envoy needs `--cluster` and `--digest`\n",
        ),
        (
            "ringfence render envoy-configs/path-policy.yaml --as envoy".to_owned(),
            2,
            "error: envoy-configs/path-policy.yaml: expected a file with one policy and nothing else; copy the policy of the bootstrap, manifest or case file to a new file\n",
        ),
        (
            "printf 'default: denied\\n' | ringfence render - --as envoy".to_owned(),
            1,
            "-:1:10: error: unknown_value: unknown value `denied`\n 1 | default: denied\n   |          ^^^^^^\n\
             help: use one of `allow`, `deny`\n\n1 problem\n",
        ),
    ] {
        assert_eq!(shell(&line), (String::new(), message.to_owned(), status), "{line}");
    }
}

#[test]
fn renders_json_and_multi_line_strings_unchanged() {
    for policy in [
        r#"{\n\t"default": "deny",\n\t"response": {"body": "no\\n"}\n}\n"#,
        r"---\ndefault: deny\nresponse:\n  body: |\n    not here\n\n    nor there\n...\n",
        r"default: &d deny\nmode: enforce\nresponse: {body: 'a\n  b'}\n",
    ] {
        let quoted = policy.replace('\'', r"'\''");
        let line = format!("printf '%b' '{quoted}' | ringfence render - --as envoy | ringfence validate -");
        assert_eq!(shell(&line).0, "1 policy, no problems\n", "{line}");
    }
}

#[test]
fn completions_and_manual_have_every_command() {
    for name in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let (script, _, status) = shell(&format!("ringfence completions {name}"));
        assert!(status == 0 && script.contains("deny-warnings"), "{name}");
    }
    assert_eq!(shell("ringfence completions bash | bash -n").2, 0);
    let (page, _, status) = shell("ringfence man");
    assert!(status == 0 && page.starts_with(".ie") && page.contains("ringfence\\-validate(1)"), "{page}");
    let folder = format!("{}/man", env!("CARGO_TARGET_TMPDIR"));
    assert_eq!(shell(&format!("ringfence man --output {folder}")).2, 0);
    let page = std::fs::read_to_string(format!("{folder}/ringfence-validate.1")).unwrap();
    assert!(page.contains("\\-\\-deny\\-warnings"), "{page}");
}
