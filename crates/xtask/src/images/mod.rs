//! OCI images of the modules, and manifests that load them by digest.
//!
//! The same module gives the same bytes, and the same digest, on any machine.

mod image;
mod layout;
mod pin;

pub(crate) use image::file_header;
pub use image::{Blob, Image};
pub use pin::{Registry, copy, pinned};

use crate::build;
use anyhow::{Context, Result};
use clap::Args;
use modules::Module;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use testkit::workspace::{module, root};

/// The examples whose manifests load images.
pub const EXAMPLES: [&str; 2] = ["istio-ingress", "envoy-gateway"];

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Also write dist/manifests: the examples, with this registry and the digests of the images
    #[arg(long, value_name = "REGISTRY/PATH", value_parser = without_scheme)]
    registry: Option<String>,
    /// The tag of the images; the default is the version
    #[arg(long)]
    tag: Option<String>,
}

/// Builds the modules and writes an OCI image layout of each into `dist/images`. Docker is not needed.
pub(crate) fn run(options: &Options) -> Result<()> {
    build::all()?;
    let tag = options.tag.as_deref().unwrap_or(env!("CARGO_PKG_VERSION"));
    let dist = root().join("dist");
    let mut digests = BTreeMap::new();
    let mut table = String::new();
    for module in Module::ALL.map(Module::name) {
        let image = image(module).with_context(|| format!("in {module}"))?;
        image.write(&dist.join("images").join(module), tag)?;
        let _ = writeln!(table, "{module:<17} {}", image.manifest.digest);
        digests.insert(module.to_owned(), image.sha256().to_owned());
    }
    std::fs::write(dist.join("images/DIGESTS"), &table)?;
    print!("{table}");
    let Some(path) = &options.registry else { return Ok(()) };
    for example in EXAMPLES {
        let (from, to) = (root().join("examples").join(example), dist.join("manifests").join(example));
        if to.exists() {
            std::fs::remove_dir_all(&to)?;
        }
        let written = copy(&from, &to, Registry { path, tag, digests: &digests })?;
        eprintln!("    dist/manifests/{example}  {} files", written.len());
    }
    Ok(())
}

fn image(name: &str) -> Result<Image> {
    let wasm = std::fs::read(module(name)?)?;
    let manifest = std::fs::read_to_string(root().join("filters").join(name).join("Cargo.toml"))?;
    let description =
        manifest.lines().find_map(|line| line.strip_prefix("description = \"")?.strip_suffix('"'));
    let labels = [
        ("title", name),
        ("description", description.context("Cargo.toml has no description")?),
        ("version", env!("CARGO_PKG_VERSION")),
        ("licenses", env!("CARGO_PKG_LICENSE")),
    ];
    Image::new(&wasm, &labels)
}

/// Rejects a registry with a URL scheme: manifests differ in the scheme they need, so it is not part of the option.
fn without_scheme(place: &str) -> Result<String, String> {
    if place.contains("://") || place.contains(char::is_whitespace) || place.is_empty() {
        return Err(
            "expected host and path without a scheme, such as `registry.example.com/ringfence`".to_owned()
        );
    }
    Ok(place.to_owned())
}
