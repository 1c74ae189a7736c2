//! The manifests are valid under the CustomResourceDefinitions of Istio and Envoy Gateway.
//!
//! The definitions are not part of the project. They are read from `../shared/crds` or from the folder of
//! `RINGFENCE_CRDS` (`cargo xtask test --crds`).

use crate::builds::{build, folders};
use crate::files::{documents, files, trial};
use anyhow::{Context, Result, anyhow, ensure};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use testkit::workspace::root;
use testkit::workspace::run_folder;

/// Kinds that the folder must define.
const NEEDED: [&str; 6] = [
    "WasmPlugin",
    "TrafficExtension",
    "ServiceEntry",
    "PeerAuthentication",
    "EnvoyExtensionPolicy",
    "SecurityPolicy",
];

/// Kinds without a definition in the folder. Any other kind without a definition is a mistake.
const UNCHECKED: [&str; 7] = [
    "ClientTrafficPolicy",
    "DestinationRule",
    "Gateway",
    "GatewayClass",
    "HTTPRoute",
    "ServiceGraph",
    "VirtualService",
];

/// The API groups of kustomize and of Kubernetes itself.
const GROUPS: [&str; 5] =
    ["v1", "apps/v1", "networking.k8s.io/v1", "kustomize.config.k8s.io/", "rbac.authorization.k8s.io/"];

/// Returns the folder of the definitions. The inner error means that there is none, the outer one that `RINGFENCE_CRDS` is wrong.
pub fn folder() -> Result<Result<PathBuf>> {
    if let Some(given) = std::env::var_os("RINGFENCE_CRDS").map(PathBuf::from) {
        ensure!(given.is_dir(), "RINGFENCE_CRDS is `{}`, which is not a folder", given.display());
        return Ok(Ok(given));
    }
    let folder = root().join("../shared/crds");
    if folder.is_dir() {
        return Ok(Ok(folder));
    }
    Ok(Err(anyhow!("there is none; set it with `cargo xtask test --crds FOLDER`")))
}

/// Returns the trials. The Python environment of `validator` has the libraries of the check.
pub fn trials(kubectl: &Path, validator: &Path, folder: &Path) -> Vec<Trial> {
    let python = validator.with_file_name("python");
    let holds = {
        let (kubectl, python, folder) = (kubectl.to_owned(), python.clone(), folder.to_owned());
        move || check(&python, &folder, &manifests(&kubectl)?)
    };
    let folder = folder.to_owned();
    vec![
        trial("the manifests are valid under the CRDs", holds),
        trial("the CRDs reject mistakes", move || mistakes(&python, &folder)),
    ]
}

/// Returns the manifests of the examples and of all builds.
fn manifests(kubectl: &Path) -> Result<Vec<Value>> {
    let mut manifests = Vec::new();
    for file in files(&root().join("examples"))? {
        manifests.extend(documents(&file)?);
    }
    for folder in folders()? {
        manifests.extend(build(kubectl, &folder)?);
    }
    // Policies and case files are not manifests.
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

/// Returns the errors of each manifest with a definition, by index.
fn validate(python: &Path, folder: &Path, manifests: &[Value]) -> Result<BTreeMap<usize, Vec<String>>> {
    let file = run_folder("crds")?.join("manifests.json");
    std::fs::write(&file, serde_json::to_vec(manifests)?)?;
    let mut command = Command::new(python);
    command.args(["-c", include_str!("crds.py")]).arg(folder).arg(file);
    serde_json::from_str(&testkit::process::output(&mut command)?).context("crds.py prints something else")
}

/// Checks that a wrong name, a wrong value and a missing field are errors, and the content of a policy is not.
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
    let messages = [
        "failStrategie",
        "FAIL_SHUT",
        "'url' is a required property",
        "spec/sha256",
        "'port' was unexpected",
    ];
    for (number, message) in messages.into_iter().enumerate() {
        let found = problems.get(&number).map(|problems| problems.join("; ")).unwrap_or_default();
        ensure!(found.contains(message), "`{message}` is not in `{found}`");
    }
    ensure!(problems.get(&messages.len()).is_some_and(Vec::is_empty), "{problems:?}");
    Ok(())
}
