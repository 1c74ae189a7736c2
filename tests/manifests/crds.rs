//! The manifests hold against the CustomResourceDefinitions that Istio and Envoy Gateway publish.
//!
//! None is part of the project. They are looked for in `../shared/crds`, seen from its root, or in the folder that
//! `RINGFENCE_CRDS` (`cargo xtask test --crds`) names.

use crate::builds::{build, folders};
use crate::{documents, files, trial};
use anyhow::{Context, Result, anyhow, ensure};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use testkit::workspace::root;
use testkit::workspace::run_folder;

/// The kinds that this is about: a folder without one of them is not the right one.
const NEEDED: [&str; 6] = [
    "WasmPlugin",
    "TrafficExtension",
    "ServiceEntry",
    "PeerAuthentication",
    "EnvoyExtensionPolicy",
    "SecurityPolicy",
];

/// Of these no definition is at hand. Whatever else is in no definition and no schema of Kubernetes has a mistake in its name.
const UNCHECKED: [&str; 7] = [
    "ClientTrafficPolicy",
    "DestinationRule",
    "Gateway",
    "GatewayClass",
    "HTTPRoute",
    "ServiceGraph",
    "VirtualService",
];

/// Those that kustomize alone reads, and those that Kubernetes itself has.
const GROUPS: [&str; 5] =
    ["v1", "apps/v1", "networking.k8s.io/v1", "kustomize.config.k8s.io/", "rbac.authorization.k8s.io/"];

/// The folder of the definitions; the inner error says that there is none, the outer that the one that was named is missing.
pub fn folder() -> Result<Result<PathBuf>> {
    if let Some(given) = std::env::var_os("RINGFENCE_CRDS").map(PathBuf::from) {
        ensure!(given.is_dir(), "RINGFENCE_CRDS is `{}`, and no folder is there", given.display());
        return Ok(Ok(given));
    }
    let folder = root().join("../shared/crds");
    if folder.is_dir() {
        return Ok(Ok(folder));
    }
    Ok(Err(anyhow!(
        "there is none: give the one of Istio's and Envoy Gateway's by `cargo xtask test --crds FOLDER`"
    )))
}

/// The trials. `validator` is the program whose environment has what the check needs.
pub fn trials(kubectl: &Path, validator: &Path, folder: &Path) -> Vec<Trial> {
    let python = validator.with_file_name("python");
    let holds = {
        let (kubectl, python, folder) = (kubectl.to_owned(), python.clone(), folder.to_owned());
        move || check(&python, &folder, &manifests(&kubectl)?)
    };
    let folder = folder.to_owned();
    vec![
        trial("the manifests hold against the CRDs", holds),
        trial("a mistake is found by the CRDs", move || mistakes(&python, &folder)),
    ]
}

/// All files of the examples, and all that is built.
fn manifests(kubectl: &Path) -> Result<Vec<Value>> {
    let mut manifests = Vec::new();
    for file in files(&root().join("examples"))? {
        manifests.extend(documents(&file)?);
    }
    for folder in folders()? {
        manifests.extend(build(kubectl, &folder)?);
    }
    // Policies and cases are no manifests.
    manifests.retain(|manifest| manifest["apiVersion"].is_string());
    Ok(manifests)
}

fn check(python: &Path, folder: &Path, manifests: &[Value]) -> Result<()> {
    let problems = validate(python, folder, manifests)?;
    let kinds: BTreeSet<&str> =
        problems.keys().filter_map(|&number| manifests.get(number)?["kind"].as_str()).collect();
    let missing: Vec<&&str> = NEEDED.iter().filter(|kind| !kinds.contains(**kind)).collect();
    ensure!(missing.is_empty(), "nothing was checked of {missing:?}");
    for (number, manifest) in manifests.iter().enumerate() {
        let kind = manifest["kind"].as_str().unwrap_or_default();
        let group = manifest["apiVersion"].as_str().unwrap_or_default();
        let title = format!("{kind} {}", manifest["metadata"]["name"]);
        match problems.get(&number) {
            Some(problems) => ensure!(problems.is_empty(), "{title}: {}", problems.join("; ")),
            None => ensure!(
                UNCHECKED.contains(&kind) || GROUPS.iter().any(|known| group.starts_with(known)),
                "{title} of {group} is in no definition"
            ),
        }
    }
    Ok(())
}

/// What is wrong with each manifest that there is a definition for, by its place in the list.
fn validate(python: &Path, folder: &Path, manifests: &[Value]) -> Result<BTreeMap<usize, Vec<String>>> {
    let file = run_folder("crds")?.join("manifests.json");
    std::fs::write(&file, serde_json::to_vec(manifests)?)?;
    let mut command = Command::new(python);
    command.args(["-c", include_str!("crds.py")]).arg(folder).arg(file);
    serde_json::from_str(&testkit::process::output(&mut command)?).context("crds.py prints something else")
}

/// A wrong name, a wrong value, something that is missing, and a policy that no definition looks into.
fn mistakes(python: &Path, folder: &Path) -> Result<()> {
    let plugin = |spec: Value| json!({"apiVersion": "extensions.istio.io/v1alpha1", "kind": "WasmPlugin", "metadata": {"name": "a"}, "spec": spec});
    let manifests = [
        plugin(json!({"url": "oci://a", "failStrategie": "FAIL_RELOAD"})),
        plugin(json!({"url": "oci://a", "failStrategy": "FAIL_SHUT"})),
        plugin(json!({"phase": "AUTHN"})),
        plugin(json!({"url": "oci://a", "sha256": "12"})),
        plugin(json!({"url": "oci://a", "match": [{"mode": "SERVER", "port": 80}]})),
        plugin(json!({"url": "oci://a", "pluginConfig": {"anything": [{"at": "all"}]}})),
    ];
    let problems = validate(python, folder, &manifests)?;
    let said = [
        "failStrategie",
        "FAIL_SHUT",
        "'url' is a required property",
        "spec/sha256",
        "'port' was unexpected",
    ];
    for (number, said) in said.into_iter().enumerate() {
        let found = problems.get(&number).map(|problems| problems.join("; ")).unwrap_or_default();
        ensure!(found.contains(said), "`{said}` is not in `{found}`");
    }
    ensure!(problems.get(&said.len()).is_some_and(Vec::is_empty), "{problems:?}");
    Ok(())
}
