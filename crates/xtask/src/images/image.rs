//! The image of one module, in the "compat" variant of the Wasm image specification, which Istio's agent and Envoy Gateway
//! read: an OCI image whose last layer, a gzipped tar, contains `plugin.wasm`.

use crate::build::hex;
use anyhow::Result;
use flate2::{Compression, GzBuilder};
use serde::Serialize;
use std::collections::BTreeMap;

pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// The only file of an image.
const FILE: &str = "plugin.wasm";

/// The creation time of every image, so that the digest depends on the content only.
const CREATED: &str = "1970-01-01T00:00:00Z";

/// The labels of an image. The commit is not one of them: a commit that does not change a module must not change its digest.
#[derive(Debug, Clone, Copy)]
pub struct Labels<'a> {
    /// The name of the module, such as `path-policy`.
    pub title: &'a str,
    /// A description in one line.
    pub description: &'a str,
    /// The version, such as `0.1.0`.
    pub version: &'a str,
    /// The license, as an SPDX expression.
    pub licenses: &'a str,
}

/// Bytes and their digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// `sha256:` and 64 digits.
    pub digest: String,
}

/// An image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// The gzipped tar.
    pub layer: Blob,
    /// The image configuration.
    pub config: Blob,
    /// The manifest, which names the other two. Its digest is the digest of the image.
    pub manifest: Blob,
}

// Structs rather than `json!`: the order of keys in a map depends on Cargo features of serde_json.

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Manifest<'a> {
    schema_version: u8,
    media_type: &'a str,
    config: Descriptor<'a>,
    layers: [Descriptor<'a>; 1],
    annotations: &'a BTreeMap<&'a str, String>,
}

/// The reference to a blob.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Descriptor<'a> {
    pub(crate) media_type: &'a str,
    pub(crate) digest: &'a str,
    pub(crate) size: usize,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) annotations: BTreeMap<&'a str, &'a str>,
}

#[derive(Serialize)]
struct Configuration<'a> {
    created: &'a str,
    architecture: &'a str,
    os: &'a str,
    config: Execution<'a>,
    rootfs: Rootfs<'a>,
    history: [History<'a>; 1],
}

#[derive(Serialize)]
struct Execution<'a> {
    #[serde(rename = "Labels")]
    labels: &'a BTreeMap<&'a str, String>,
}

#[derive(Serialize)]
struct Rootfs<'a> {
    r#type: &'a str,
    diff_ids: [&'a str; 1],
}

#[derive(Serialize)]
struct History<'a> {
    created: &'a str,
    created_by: &'a str,
}

impl Image {
    /// Creates the image of a module.
    pub fn new(wasm: &[u8], labels: Labels<'_>) -> Result<Self> {
        let tar = Blob::new(archive(wasm)?);
        let layer = Blob::new(gzip(&tar.bytes)?);
        let labels = annotations(wasm, labels);
        let config = Blob::new(serde_json::to_vec(&Configuration {
            created: CREATED,
            // Go's names, as the OCI specification requires. Istio and Envoy Gateway ignore them: there is no index with
            // several platforms.
            architecture: "wasm",
            os: "wasip1",
            config: Execution { labels: &labels },
            rootfs: Rootfs { r#type: "layers", diff_ids: [&tar.digest] },
            history: [History { created: CREATED, created_by: "cargo xtask images" }],
        })?);
        let manifest = Blob::new(serde_json::to_vec(&Manifest {
            schema_version: 2,
            media_type: MANIFEST,
            config: config.descriptor(CONFIG),
            layers: [layer.descriptor(LAYER)],
            annotations: &labels,
        })?);
        Ok(Self { layer, config, manifest })
    }

    /// Returns the digest of the image as the `sha256` fields of Istio and Envoy Gateway take it: 64 hexadecimal digits.
    pub fn sha256(&self) -> &str {
        self.manifest.hex()
    }
}

impl Blob {
    fn new(bytes: Vec<u8>) -> Self {
        let digest = format!("sha256:{}", hex(&bytes));
        Self { bytes, digest }
    }

    /// Returns the digest without its algorithm.
    pub(crate) fn hex(&self) -> &str {
        self.digest.trim_start_matches("sha256:")
    }

    pub(crate) fn descriptor<'a>(&'a self, media_type: &'a str) -> Descriptor<'a> {
        Descriptor { media_type, digest: &self.digest, size: self.bytes.len(), annotations: BTreeMap::new() }
    }
}

/// Returns the labels of the configuration, which are also the annotations of the manifest.
fn annotations(wasm: &[u8], labels: Labels<'_>) -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        ("org.opencontainers.image.title", labels.title.to_owned()),
        ("org.opencontainers.image.description", labels.description.to_owned()),
        ("org.opencontainers.image.version", labels.version.to_owned()),
        ("org.opencontainers.image.licenses", labels.licenses.to_owned()),
        // The checksum in SHA256SUMS.
        ("dev.ringfence.module.sha256", hex(wasm)),
    ])
}

/// Returns a tar of the module, without owner or time.
fn archive(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut header = tar::Header::new_ustar();
    header.set_entry_type(tar::EntryType::Regular);
    header.set_path(FILE)?;
    header.set_size(wasm.len().try_into()?);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_cksum();
    let mut archive = tar::Builder::new(Vec::new());
    archive.append(&header, wasm)?;
    Ok(archive.into_inner()?)
}

/// Compresses with gzip, without a time and with "unknown" as the operating system.
fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut gzip = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::new(9));
    std::io::Write::write_all(&mut gzip, bytes)?;
    Ok(gzip.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::io::Read;

    const LABELS: Labels<'_> = Labels {
        title: "path-policy",
        description: "one canonical path",
        version: "0.1.0",
        licenses: "Apache-2.0",
    };

    /// An empty module, followed by bytes to compress.
    fn module() -> Vec<u8> {
        let numbers = (0..20_000_u32).flat_map(|number| (number * number / 7).to_le_bytes());
        b"\0asm\x01\0\0\0".iter().copied().chain(numbers).collect()
    }

    #[test]
    fn the_digest_is_the_same_on_every_machine() {
        let image = Image::new(&module(), LABELS).unwrap();
        assert_eq!(image, Image::new(&module(), LABELS).unwrap());
        // If this digest changes, the digests of all releases change: note it in the changelog.
        assert_eq!(image.sha256(), "f1ac9c0958785a5467968fd60b0cdeec8afc35c6f7812239ec863d232435077e");
    }

    #[test]
    fn the_layer_contains_only_the_module() {
        let image = Image::new(&module(), LABELS).unwrap();
        let mut tar = Vec::new();
        flate2::read::GzDecoder::new(&*image.layer.bytes).read_to_end(&mut tar).unwrap();
        let config: Value = serde_json::from_slice(&image.config.bytes).unwrap();
        assert_eq!(config["rootfs"]["diff_ids"], serde_json::json!([format!("sha256:{}", hex(&tar))]));
        let mut archive = tar::Archive::new(&*tar);
        let mut entries = archive.entries().unwrap();
        let mut file = entries.next().unwrap().unwrap();
        assert_eq!(file.path_bytes().as_ref(), FILE.as_bytes());
        let header = file.header();
        assert_eq!((header.mode().unwrap(), header.uid().unwrap(), header.mtime().unwrap()), (0o644, 0, 0));
        let mut wasm = Vec::new();
        file.read_to_end(&mut wasm).unwrap();
        assert_eq!(wasm, module());
        assert!(entries.next().is_none());
    }

    #[test]
    fn the_manifest_has_the_digests_of_the_blobs() {
        let image = Image::new(&module(), LABELS).unwrap();
        let manifest: Value = serde_json::from_slice(&image.manifest.bytes).unwrap();
        assert_eq!(image.manifest.digest, format!("sha256:{}", hex(&image.manifest.bytes)));
        for (blob, descriptor) in
            [(&image.config, &manifest["config"]), (&image.layer, &manifest["layers"][0])]
        {
            assert_eq!(descriptor["digest"], blob.digest.as_str());
            assert_eq!(blob.digest, format!("sha256:{}", hex(&blob.bytes)));
            assert_eq!(descriptor["size"], blob.bytes.len());
        }
        assert_eq!(manifest["layers"][0]["mediaType"], LAYER);
        assert_eq!(manifest["annotations"]["org.opencontainers.image.title"], "path-policy");
        assert_eq!(manifest["annotations"]["dev.ringfence.module.sha256"], hex(&module()).as_str());
    }
}
