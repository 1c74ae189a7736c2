//! The modules as images.

use crate::pulled;
use crate::registry::Registry;
use anyhow::{Context, Result, ensure};
use testkit::workspace::{module, root, run_folder};
use xtask::images::Image;

/// Creates the image of a module in `dist`.
fn image(name: &str) -> Result<Image> {
    Image::new(&std::fs::read(module(name)?)?, &[("title", name), ("description", "a test")])
}

/// Pushes the image of a module.
pub fn push(registry: &Registry, name: &str) -> Result<Image> {
    let image = image(name)?;
    let folder = run_folder(&format!("image-{name}"))?;
    image.write(&folder, "test")?;
    registry.push(&folder, name)?;
    Ok(image)
}

/// Checks that the module is that of `dist` and of `SHA256SUMS`.
pub fn same_module(name: &str, plugin: &[u8]) -> Result<()> {
    let file = module(name)?;
    ensure!(std::fs::read(&file)? == plugin, "plugin.wasm is not {}", file.display());
    let file = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let sums = std::fs::read_to_string(root().join("dist/SHA256SUMS")).context("no dist/SHA256SUMS")?;
    let line = format!("{}  {file}", pulled::sha256(plugin));
    ensure!(sums.lines().any(|other| other == line), "`{line}` is not in dist/SHA256SUMS");
    Ok(())
}
