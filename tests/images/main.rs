//! The images of the modules are pushed to a registry and pulled by the digests in the manifests.
//!
//! The registry is Debian's `docker-registry` on 127.0.0.1; `skopeo` pushes and pulls. If one of them is not installed the trials
//! are left out; with `RINGFENCE_ALL` in the environment that is a failure.
#![allow(clippy::indexing_slicing, reason = "tests")]

mod manifests;
mod pulled;
mod registry;

use anyhow::{Context, Result, ensure};
use libtest_mimic::{Arguments, Failed, Trial};
use registry::Registry;
use std::process::ExitCode;
use std::sync::Arc;
use testkit::workspace::module;
use testkit::workspace::root;
use xtask::build::MODULES;
use xtask::images::{Image, Labels};

fn main() -> Result<ExitCode> {
    let arguments = Arguments::from_args();
    let missing: Vec<&str> = registry::PROGRAMS
        .into_iter()
        .filter(|program| testkit::workspace::on_path(program).is_none())
        .collect();
    if !missing.is_empty() {
        let message =
            format!("images: {} (Debian: docker-registry skopeo) is not installed", missing.join(", "));
        ensure!(std::env::var_os("RINGFENCE_ALL").is_none(), message);
        println!("left out: {message}");
        return Ok(libtest_mimic::run(&arguments, Vec::new()).exit_code());
    }
    let registry = Arc::new(Registry::start()?);
    let mut trials = Vec::new();
    for name in MODULES.map(|module| module.name) {
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

/// Creates the image of a module in `dist`.
fn image(name: &str) -> Result<Image> {
    let labels = Labels { title: name, description: "a test", version: "0.0.0", licenses: "Apache-2.0" };
    Image::new(&std::fs::read(module(name)?)?, labels)
}

/// Pushes the image of a module.
fn push(registry: &Registry, name: &str) -> Result<Image> {
    let image = image(name)?;
    let folder = testkit::workspace::run_folder(&format!("image-{name}"))?;
    image.write(&folder, "test")?;
    registry.push(&folder, name)?;
    Ok(image)
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

/// Checks that the module is that of `dist` and of `SHA256SUMS`.
fn same_module(name: &str, plugin: &[u8]) -> Result<()> {
    let file = module(name)?;
    ensure!(std::fs::read(&file)? == plugin, "plugin.wasm is not {}", file.display());
    let file = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let sums = std::fs::read_to_string(root().join("dist/SHA256SUMS")).context("no dist/SHA256SUMS")?;
    let line = format!("{}  {file}", pulled::sha256(plugin));
    ensure!(sums.lines().any(|other| other == line), "`{line}` is not in dist/SHA256SUMS");
    Ok(())
}

/// Checks that an unknown digest cannot be pulled.
fn unknown_digest(registry: &Registry) -> Result<()> {
    push(registry, "vhost-policy")?;
    let none = format!("@sha256:{}", "0".repeat(64));
    ensure!(registry.pull("vhost-policy", &none).is_err(), "an unknown digest was pulled");
    Ok(())
}
