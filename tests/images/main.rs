//! The images of the modules are pushed to a registry and pulled by the digests in the manifests.
//!
//! The registry is Debian's `docker-registry` on 127.0.0.1; `skopeo` pushes and pulls. If one of them is not installed the trials
//! are left out; with `RINGFENCE_ALL` in the environment that is a failure.
#![allow(clippy::indexing_slicing, reason = "tests")]

mod image;
mod manifests;
mod pulled;
mod registry;

use anyhow::{Context, Result, ensure};
use image::{push, same_module};
use libtest_mimic::{Arguments, Failed, Trial};
use modules::Module;
use registry::Registry;
use std::process::ExitCode;
use std::sync::Arc;
use testkit::workspace::on_path;

fn main() -> Result<ExitCode> {
    let arguments = Arguments::from_args();
    let missing: Vec<&str> =
        registry::PROGRAMS.into_iter().filter(|program| on_path(program).is_none()).collect();
    if !missing.is_empty() {
        let message =
            format!("images: {} (Debian: docker-registry skopeo) is not installed", missing.join(", "));
        ensure!(std::env::var_os("RINGFENCE_ALL").is_none(), message);
        println!("left out: {message}");
        return Ok(libtest_mimic::run(&arguments, Vec::new()).exit_code());
    }
    let registry = Arc::new(Registry::start()?);
    let mut trials = Vec::new();
    for name in Module::ALL.map(Module::name) {
        let registry = Arc::clone(&registry);
        trials.push(trial(format!("{name} is pulled as it was pushed"), move || round(&registry, name)));
    }
    let for_manifests = Arc::clone(&registry);
    trials.push(trial("the registry has the images of the manifests", move || {
        manifests::check(&for_manifests)
    }));
    trials.push(trial("an unknown digest cannot be pulled", move || unknown_digest(&registry)));
    Ok(libtest_mimic::run(&arguments, trials).exit_code())
}

fn trial(name: impl Into<String>, check: impl FnOnce() -> Result<()> + Send + 'static) -> Trial {
    Trial::test(name, || check().map_err(|error| Failed::from(format!("{error:#}"))))
}

fn round(registry: &Registry, name: &str) -> Result<()> {
    let image = push(registry, name)?;
    for reference in [":test".to_owned(), format!("@{}", image.manifest.digest)] {
        let folder = registry.pull(name, &reference)?;
        let pulled = pulled::read(&folder).with_context(|| format!("{name}{reference}"))?;
        ensure!(pulled.digest == image.manifest.digest, "{name}{reference} has the digest {}", pulled.digest);
        same_module(name, &pulled.plugin)?;
    }
    Ok(())
}

/// Checks that an unknown digest cannot be pulled.
fn unknown_digest(registry: &Registry) -> Result<()> {
    push(registry, "vhost-policy")?;
    let none = format!("@sha256:{}", "0".repeat(64));
    ensure!(registry.pull("vhost-policy", &none).is_err(), "an unknown digest was pulled");
    Ok(())
}
