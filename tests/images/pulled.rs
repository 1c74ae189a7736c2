//! Reading a pulled image as Istio's agent and Envoy Gateway do: `plugin.wasm` of the last layer.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::Path;

/// A pulled image.
pub struct Pulled {
    /// The digest of the manifest.
    pub digest: String,
    /// The module.
    pub plugin: Vec<u8>,
}

/// Reads the only image of an OCI image layout.
pub fn read(folder: &Path) -> Result<Pulled> {
    let index: Value = serde_json::from_slice(&std::fs::read(folder.join("index.json"))?)?;
    let digest = index["manifests"][0]["digest"].as_str().context("no manifest")?.to_owned();
    let manifest: Value = serde_json::from_slice(&blob(folder, &digest)?)?;
    let layers = manifest["layers"].as_array().context("no layers")?;
    let layer = layers.last().context("no layer")?;
    let kind = &layer["mediaType"];
    ensure!(kind == "application/vnd.oci.image.layer.v1.tar+gzip", "the last layer is {kind}");
    let layer = blob(folder, layer["digest"].as_str().context("a layer without a digest")?)?;
    Ok(Pulled { digest, plugin: plugin(&layer)? })
}

/// Reads a blob and checks its digest.
fn blob(folder: &Path, digest: &str) -> Result<Vec<u8>> {
    let name = digest.strip_prefix("sha256:").with_context(|| format!("the digest {digest}"))?;
    let bytes = std::fs::read(folder.join("blobs/sha256").join(name))?;
    ensure!(sha256(&bytes) == name, "the blob {digest} has another digest");
    Ok(bytes)
}

/// Returns the only file of a layer.
fn plugin(layer: &[u8]) -> Result<Vec<u8>> {
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(layer));
    let mut files = Vec::new();
    for entry in archive.entries()? {
        let mut entry = entry?;
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes)?;
        files.push((String::from_utf8_lossy(&entry.path_bytes()).into_owned(), bytes));
    }
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    ensure!(names == ["plugin.wasm"], "the layer has {names:?}");
    files.pop().map(|(_, bytes)| bytes).context("no file")
}

/// Returns the SHA-256 digest in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
