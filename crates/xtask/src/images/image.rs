//! The image of one module, in the "compat" variant of the Wasm image specification, which Istio's agent and Envoy Gateway
//! read: an OCI image whose last layer, a gzipped tar, contains `plugin.wasm`.

use crate::build::hex;
use anyhow::Result;
use flate2::{Compression, GzBuilder};
use std::collections::BTreeMap;

pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// The only file of an image.
const FILE: &str = "plugin.wasm";

/// The creation time of every image, so that the digest depends on the content only.
const CREATED: &str = "1970-01-01T00:00:00Z";

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

impl Image {
    /// Creates the image of a module. `labels` are the names after `org.opencontainers.image.` and their values.
    pub fn new(wasm: &[u8], labels: &[(&str, &str)]) -> Result<Self> {
        let tar = Blob::new(archive(wasm)?);
        let layer = Blob::new(gzip(&tar.bytes)?);
        let labels = annotations(wasm, labels)?;
        // `wasm` and `wasip1` are Go's names, as the OCI specification requires. Istio and Envoy Gateway ignore them: there is
        // no index with several platforms.
        let config = Blob::json(&format!(
            r#"{{
                "created":"{CREATED}",
                "architecture":"wasm",
                "os":"wasip1",
                "config":{{"Labels":{labels}}},
                "rootfs":{{"type":"layers","diff_ids":["{}"]}},
                "history":[{{"created":"{CREATED}","created_by":"cargo xtask images"}}]
            }}"#,
            tar.digest
        ));
        let manifest = Blob::json(&format!(
            r#"{{
                "schemaVersion":2,
                "mediaType":"{MANIFEST}",
                "config":{{{}}},
                "layers":[{{{}}}],
                "annotations":{labels}
            }}"#,
            config.descriptor(CONFIG),
            layer.descriptor(LAYER)
        ));
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

    /// Creates a blob of JSON, without line breaks and indentation. The text has the order of keys that the digests depend on; the
    /// order in a map of serde_json depends on its Cargo features.
    fn json(text: &str) -> Self {
        Self::new(text.lines().map(str::trim_start).collect::<String>().into_bytes())
    }

    /// Returns the digest without its algorithm.
    pub(crate) fn hex(&self) -> &str {
        self.digest.trim_start_matches("sha256:")
    }

    /// Returns the fields of a reference to the blob, as JSON.
    pub(crate) fn descriptor(&self, media_type: &str) -> String {
        format!(r#""mediaType":"{media_type}","digest":"{}","size":{}"#, self.digest, self.bytes.len())
    }
}

/// Returns the labels of the configuration, which are also the annotations of the manifest, as JSON. The commit is not one of them:
/// a commit that does not change a module must not change its digest.
fn annotations(wasm: &[u8], labels: &[(&str, &str)]) -> Result<String> {
    let digest = hex(wasm);
    let named = labels.iter().map(|(name, text)| (format!("org.opencontainers.image.{name}"), *text));
    // The checksum in SHA256SUMS.
    let own = ("dev.ringfence.module.sha256".to_owned(), &*digest);
    Ok(serde_json::to_string(&named.chain([own]).collect::<BTreeMap<_, _>>())?)
}

/// Returns a tar of the module.
fn archive(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    archive.append_data(&mut file_header(wasm.len() as u64, 0o644), FILE, wasm)?;
    Ok(archive.into_inner()?)
}

/// Returns the header of a file in a tar: it belongs to root and has no time.
pub(crate) fn file_header(size: u64, mode: u32) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    header.set_entry_type(tar::EntryType::Regular);
    header.set_size(size);
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header
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

    const LABELS: &[(&str, &str)] = &[
        ("title", "path-policy"),
        ("description", "one canonical path"),
        ("version", "0.1.0"),
        ("licenses", "Apache-2.0"),
    ];

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
