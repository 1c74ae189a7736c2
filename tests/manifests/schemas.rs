//! The manifests are valid under the OpenAPI schemas of Kubernetes, without unknown fields.

use crate::builds::{build, folders};
use crate::files::{documents, files, trial};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use testkit::workspace::root;
use testkit::workspace::run_folder;

/// The versions from the oldest supported one to the newest with a schema.
const VERSIONS: [&str; 4] = ["1.28.0", "1.31.0", "1.34.0", "1.37.0"];

/// The API groups of the schemas.
const GROUPS: [&str; 3] = ["v1", "apps/v1", "networking.k8s.io/v1"];

/// Returns a trial for each version, and one with an unknown field.
pub fn trials(kubectl: &Path, validator: &Path) -> Result<Vec<Trial>> {
    let mut trials = Vec::new();
    for version in VERSIONS {
        let (kubectl, validator) = (kubectl.to_owned(), validator.to_owned());
        trials.push(trial(format!("the manifests hold in Kubernetes {version}"), move || {
            validate(&validator, version, &manifests(&kubectl)?)
        }));
    }
    let validator = validator.to_owned();
    trials.push(trial("the schemas reject an unknown field", move || {
        let policy = json!({
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": "a", "namespace": "a"},
            "spec": {"podSelector": {}, "ingress": [{"form": []}]},
        });
        let found = validate(&validator, VERSIONS[0], &[policy]);
        ensure!(found.is_err_and(|error| format!("{error:#}").contains("form")), "`form` passes for `from`");
        Ok(())
    }));
    Ok(trials)
}

/// Returns the manifests of all builds and examples whose kinds have a schema.
fn manifests(kubectl: &Path) -> Result<Vec<Value>> {
    let mut manifests = Vec::new();
    for folder in folders()? {
        manifests.extend(build(kubectl, &folder)?);
    }
    for file in files(&root().join("examples"))? {
        manifests.extend(documents(&file)?);
    }
    manifests.retain(|manifest| manifest["apiVersion"].as_str().is_some_and(|group| GROUPS.contains(&group)));
    Ok(manifests)
}

fn validate(validator: &Path, version: &str, manifests: &[Value]) -> Result<()> {
    let file = run_folder("manifests")?.join("manifests.yaml");
    let texts: Vec<String> = manifests.iter().map(Value::to_string).collect();
    std::fs::write(&file, texts.join("\n---\n"))?;
    let mut command = Command::new(validator);
    command.args(["--strict", "--kubernetes-version", version]).arg(&file);
    let output = command.output().context("cannot start kubernetes-validate")?;
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8_lossy(&printed);
    let passed = printed.lines().filter(|line| line.contains(" passed for resource ")).count();
    ensure!(
        output.status.success() && passed == manifests.len(),
        "{passed} of {} pass:\n{printed}",
        manifests.len()
    );
    Ok(())
}
