//! The JSON Schemas: `schema/` is up to date, and schemas and engine accept the same policies.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use jsonschema::Validator;
use modules::Module;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn schema(filter: &str) -> Value {
    let file = root().join(format!("schema/{filter}.json"));
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

fn validator(filter: &str) -> Validator {
    jsonschema::options().with_draft(jsonschema::Draft::Draft202012).build(&schema(filter)).unwrap()
}

#[test]
fn the_schema_files_are_up_to_date() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("schema");
    let status = Command::new(env!("CARGO_BIN_EXE_ringfence"))
        .args(["schema", "--output", folder.to_str().unwrap()])
        .status()
        .unwrap();
    assert!(status.success());
    for filter in Module::ALL.map(Module::name) {
        let read = |folder: &Path| {
            std::fs::read_to_string(folder.join(format!("{filter}.json"))).unwrap_or_default()
        };
        let help = "update it: cargo run -p ringfence-cli -- schema --output schema";
        assert!(read(&folder) == read(&root().join("schema")), "schema/{filter}.json is outdated; {help}");
    }
}

#[test]
fn schemas_are_valid() {
    for filter in Module::ALL.map(Module::name) {
        jsonschema::meta::validate(&schema(filter)).unwrap();
    }
}

/// Returns each policy of the examples, the documentation and the cases, with its file and its filter.
fn policies() -> Vec<(String, String, Value)> {
    let mut found = Vec::new();
    let mut add = |name: String, filter: &str, policy: Value| found.push((name, filter.to_owned(), policy));
    let mut folders: Vec<PathBuf> =
        ["examples", "docs", "tests/cases", "."].map(|folder| root().join(folder)).to_vec();
    let top = root().join(".");
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.extend((folder != top).then_some(path));
                continue;
            }
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            let name = path.display().to_string();
            match path.extension().and_then(|ending| ending.to_str()) {
                Some("yaml") => {
                    texts(&text).into_iter().for_each(|(filter, policy)| add(name.clone(), &filter, policy))
                }
                Some("md") => {
                    let blocks = text.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
                    blocks.flat_map(texts).for_each(|(filter, policy)| add(name.clone(), &filter, policy));
                }
                _ => {}
            }
        }
    }
    found
}

/// Returns the policies of a text whose first line names a filter, or of a case file.
fn texts(text: &str) -> Vec<(String, Value)> {
    let filter = text.lines().next().and_then(|line| line.strip_prefix("# filter: "));
    let documents = yaml::values("policy", text).unwrap_or_default();
    match filter {
        Some(filter) => documents.into_iter().map(|policy| (filter.to_owned(), policy)).collect(),
        None => documents
            .into_iter()
            .filter_map(|file| {
                let policy = file.get("policy").filter(|policy| policy.is_object())?.clone();
                Some((file.get("filter")?.as_str()?.to_owned(), policy))
            })
            .collect(),
    }
}

#[test]
fn schemas_accept_every_valid_policy() {
    let policies = policies();
    for (name, filter, policy) in &policies {
        if modules::load(filter, policy.to_string().as_bytes()).is_ok() {
            let errors: Vec<String> = validator(filter)
                .iter_errors(policy)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{name}: {errors:#?}");
        }
    }
    assert!(policies.len() > 80, "{}", policies.len());
}

/// Returns whether the engine and the schema accept a policy.
fn accepted(filter: &str, policy: &Value) -> (bool, bool) {
    (modules::load(filter, policy.to_string().as_bytes()).is_ok(), validator(filter).is_valid(policy))
}

/// Invalid policies, as far as a schema can express it.
#[test]
fn schemas_reject_invalid_policies() {
    let rule = |rule: Value| json!({"default": "deny", "rules": [rule]});
    let matched = |matches: Value| rule(json!({"name": "a", "action": "allow", "match": matches}));
    let keys = json!({"remote": {"cluster": "a", "uri": "https://a/"}});
    let provider = |field: &str, value: Value| {
        let mut provider = json!({"issuer": "a", "algorithms": ["ES256"], "jwks": keys});
        provider[field] = value;
        json!({"providers": {"a": provider}, "rules": [{"name": "a", "require": {"provider": "a"}}]})
    };
    let header = |rule: Value| json!({"rules": [rule]});
    for (filter, policy) in [
        ("path-policy", json!({})),
        ("path-policy", json!([])),
        ("path-policy", json!({"default": "denied"})),
        ("path-policy", json!({"default": "deny", "mode": true})),
        ("path-policy", json!({"default": "deny", "limits": {"maxSegments": -1}})),
        ("path-policy", json!({"default": "deny", "normalize": {"forward": null}})),
        ("path-policy", rule(json!({"action": "allow"}))),
        ("path-policy", rule(json!({"name": "A", "action": "allow"}))),
        ("path-policy", rule(json!({"name": "a"}))),
        ("path-policy", rule(json!({"name": "a", "action": "redirect"}))),
        ("path-policy", rule(json!({"name": "a", "action": "allow", "rewrite": {"path": "/"}}))),
        ("path-policy", rule(json!({"name": "a", "action": "redirect", "redirect": {"status": 301}}))),
        (
            "path-policy",
            rule(json!({"name": "a", "action": "redirect", "redirect": {"host": "b", "status": 200}})),
        ),
        ("path-policy", rule(json!({"name": "a", "action": "rewrite", "rewrite": {"regex": "a"}}))),
        ("path-policy", rule(json!({"name": "a", "action": "deny", "response": {"status": 200}}))),
        ("path-policy", matched(json!({"paths": []}))),
        ("path-policy", matched(json!({"paths": [{}]}))),
        ("path-policy", matched(json!({"paths": [{"exact": "/a", "prefix": "/b"}]}))),
        ("path-policy", matched(json!({"paths": [{"prefix": "a"}]}))),
        ("path-policy", matched(json!({"methods": ["get"]}))),
        ("path-policy", matched(json!({"headers": [{"name": ":path", "exact": "/"}]}))),
        ("path-policy", matched(json!({"query": [{"name": "a", "present": "yes"}]}))),
        ("path-policy", matched(json!({"not": {"not": {}}}))),
        ("vhost-policy", json!({"hosts": [{"name": "a", "domains": []}]})),
        ("vhost-policy", json!({"hosts": [{"name": "a", "domains": ["a"], "ports": [70000]}]})),
        ("vhost-policy", json!({"hosts": [{"name": "a", "domains": ["a"], "tls": true}]})),
        ("header-policy", header(json!({"name": "a", "require": [{"name": "a"}]}))),
        (
            "header-policy",
            header(json!({"name": "a", "require": [{"name": "a", "exact": "a", "values": "one"}]})),
        ),
        ("header-policy", header(json!({"name": "a", "request": {"set": [{"name": "a"}]}}))),
        (
            "header-policy",
            header(json!({"name": "a", "request": {"rewrite": [{"name": "a", "regex": "a"}]}})),
        ),
        ("header-policy", json!({"presets": ["edge"]})),
        ("token-validation", json!({"providers": {}, "rules": []})),
        ("token-validation", provider("algorithms", json!(["none"]))),
        ("token-validation", provider("algorithms", json!([]))),
        ("token-validation", provider("jwks", json!({}))),
        ("token-validation", provider("clockSkew", json!(60))),
        ("token-validation", provider("clockSkew", json!("60"))),
        ("token-validation", provider("claimToHeaders", json!([{"claim": "a..b", "header": "x"}]))),
        ("token-validation", provider("issure", json!("a"))),
        ("ringfence", json!({})),
        ("ringfence", json!({"paths": {"default": "deny"}})),
        ("ringfence", json!({"path": {}})),
    ] {
        assert_eq!(accepted(filter, &policy), (false, false), "{filter}: {policy}");
    }
}

/// Adds a field, or changes the type of a value, at each place of each policy.
#[test]
fn engine_and_schemas_reject_the_same_changes() {
    let mut tried = 0;
    for (name, filter, policy) in policies().into_iter().filter(|(name, ..)| !name.contains("tests/cases")) {
        if !accepted(&filter, &policy).0 {
            continue;
        }
        let schema = validator(&filter);
        let mut broken = Vec::new();
        places(&policy, &mut String::new(), &mut broken);
        for pointer in broken {
            for change in [Change::Field, Change::Type] {
                let mut policy = policy.clone();
                if !change.make(policy.pointer_mut(&pointer).unwrap()) {
                    continue;
                }
                let engine = modules::load(&filter, policy.to_string().as_bytes()).is_ok();
                assert_eq!(engine, schema.is_valid(&policy), "{name}: {change:?} at {pointer}");
                tried += 1;
            }
        }
    }
    assert!(tried > 500, "{tried}");
}

#[derive(Debug, Clone, Copy)]
enum Change {
    /// Add an unknown field.
    Field,
    /// Replace the value by one of an invalid type.
    Type,
}

impl Change {
    fn make(self, value: &mut Value) -> bool {
        match (self, value) {
            (Self::Field, Value::Object(fields)) => {
                fields.insert("zzzz".to_owned(), json!({"zzzz": 1})).is_none()
            }
            (Self::Field, _) => false,
            (Self::Type, value) => {
                *value = match value {
                    Value::Object(_) => json!(["zzzz"]),
                    Value::Array(_) => json!({"zzzz": 1}),
                    _ => json!([[]]),
                };
                true
            }
        }
    }
}

/// Adds the places of a policy, without those in key sets, whose members are not restricted.
fn places(value: &Value, pointer: &mut String, found: &mut Vec<String>) {
    found.push(pointer.clone());
    let length = pointer.len();
    let mut visit = |name: &str, value: &Value, found: &mut Vec<String>| {
        *pointer += &format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        places(value, pointer, found);
        pointer.truncate(length);
    };
    match value {
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, _)| *name != "inline")
            .for_each(|(name, value)| visit(name, value, found)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| visit(&index.to_string(), value, found));
        }
        _ => {}
    }
}
