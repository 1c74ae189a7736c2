//! Every kustomization builds, and every file is used by one of them.

use crate::files::{documents, files, name, trial};
use crate::policies;
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use testkit::workspace::root;
use testkit::workspace::run_folder;

/// Values for the parameters, all different from those in the files.
const PARAMETERS: [(&str, &str); 6] = [
    ("192.0.2.1/32", "10.0.0.1/32"),
    ("192.0.2.32/27", "10.1.0.0/16"),
    ("192.0.2.64/26", "10.2.0.0/16"),
    ("192.0.2.128/25", "10.3.0.0/16"),
    ("monitoringNamespace: monitoring", "monitoringNamespace: observability"),
    ("servicePort: \"8080\"", "servicePort: \"9080\""),
];

/// Returns the folders with a kustomization.
pub fn folders() -> Result<Vec<PathBuf>> {
    let mut folders = vec![root().join("examples/bookinfo"), root().join("examples/envoy-gateway")];
    for overlays in ["network-policies/overlays", "examples/istio-ingress/overlays"] {
        for entry in std::fs::read_dir(root().join(overlays))? {
            folders.push(entry?.path());
        }
    }
    folders.sort();
    Ok(folders)
}

/// Builds a kustomization.
pub fn build(kubectl: &Path, folder: &Path) -> Result<Vec<Value>> {
    let text = testkit::process::output(Command::new(kubectl).arg("kustomize").arg(folder))?;
    Ok(yaml::values(&folder.display().to_string(), &text)?)
}

/// Returns the trials.
pub fn trials(kubectl: &Path) -> Result<Vec<Trial>> {
    let mut trials = Vec::new();
    for folder in folders()? {
        let kubectl = kubectl.to_owned();
        trials.push(trial(format!("{} builds", name(&folder)), move || check(&build(&kubectl, &folder)?)));
    }
    let (for_files, for_parameters) = (kubectl.to_owned(), kubectl.to_owned());
    trials.push(trial("every policy is in a build", move || each_is_used(&for_files)));
    trials.push(trial("every parameter is applied everywhere", move || parameters(&for_parameters)));
    Ok(trials)
}

/// Checks that a build has no object of kustomize and no object twice, that every object has a namespace, that the namespace of
/// the applications is closed, and that the request policies load.
fn check(built: &[Value]) -> Result<()> {
    let mut seen = BTreeSet::new();
    for document in built {
        let metadata = &document["metadata"];
        let kind = document["kind"].as_str().context("no kind")?;
        let namespace = metadata["namespace"].as_str().unwrap_or_default();
        let object = format!("{kind} {namespace}/{}", metadata["name"].as_str().context("no name")?);
        ensure!(kind != "ConfigMap", "{object} would be applied");
        ensure!(
            ["Namespace", "GatewayClass"].contains(&kind) || !namespace.is_empty(),
            "{object} has no namespace"
        );
        ensure!(seen.insert(object.clone()), "{object} is a duplicate");
    }
    let closed = |object: &String| object.starts_with("NetworkPolicy ") && object.ends_with("/default-deny");
    ensure!(seen.iter().any(closed), "nothing is closed");
    policies::check_loads(built)?;
    policies::check_clusters(built)
}

/// Checks that every policy file is in a build.
fn each_is_used(kubectl: &Path) -> Result<()> {
    let mut built = Vec::new();
    for folder in folders()? {
        built.extend(build(kubectl, &folder)?);
    }
    for file in files(&root().join("network-policies"))? {
        for policy in documents(&file)?.iter().filter(|document| document["kind"] == "NetworkPolicy") {
            let of_it = |other: &&Value| {
                other["metadata"]["name"] == policy["metadata"]["name"]
                    && other["spec"]["podSelector"] == policy["spec"]["podSelector"]
            };
            ensure!(built.iter().any(|other| of_it(&other)), "{} is in no overlay", name(&file));
        }
    }
    Ok(())
}

/// Replaces every parameter, and checks that no build has an old value.
fn parameters(kubectl: &Path) -> Result<()> {
    let copy = run_folder("network-policies")?;
    let original = root().join("network-policies");
    for file in files(&original)? {
        let to = copy.join(file.strip_prefix(&original)?);
        std::fs::create_dir_all(to.parent().context("no folder")?)?;
        let mut text = std::fs::read_to_string(&file)?;
        if file.ends_with("parameters/parameters.yaml") {
            for (old, new) in PARAMETERS {
                ensure!(text.contains(old), "there is no `{old}` in {}", name(&file));
                text = text.replace(old, new);
            }
        }
        std::fs::write(to, text)?;
    }
    for entry in std::fs::read_dir(copy.join("overlays"))? {
        let overlay = entry?.path();
        let built = serde_json::to_string(&build(kubectl, &overlay)?)?;
        for old in ["192.0.2.", "\"monitoring\"", "8080"] {
            // The port of the chart's gateway does not depend on the ports of the services.
            let listener = old == "8080" && overlay.ends_with("istio-sidecar-ingressgateway");
            ensure!(listener || !built.contains(old), "{old} is left in {}", overlay.display());
        }
        // In ambient mode the port is that of the tunnel.
        let port = if overlay.ends_with("istio-ambient") { "15008" } else { "9080" };
        ensure!(built.matches(&format!("\"port\":{port}")).count() == 2, "{port} in {}", overlay.display());
    }
    Ok(())
}
