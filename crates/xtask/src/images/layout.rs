//! OCI image layouts: folders that skopeo, crane, oras and podman can push to a registry.

use super::image::{Image, MANIFEST};
use anyhow::{Context, Result};
use serde_json::json;
use std::path::Path;

const INDEX: &str = "application/vnd.oci.image.index.v1+json";

impl Image {
    /// Writes the image into a folder, and removes what the folder contained. The tag is not part of the image.
    pub fn write(&self, folder: &Path, tag: &str) -> Result<()> {
        let blobs = folder.join("blobs/sha256");
        if folder.exists() {
            std::fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
        }
        std::fs::create_dir_all(&blobs).with_context(|| format!("cannot create {}", blobs.display()))?;
        for blob in [&self.layer, &self.config, &self.manifest] {
            std::fs::write(blobs.join(blob.hex()), &blob.bytes)?;
        }
        let annotations = json!({"org.opencontainers.image.ref.name": tag});
        let manifest = format!(r#"{{{},"annotations":{annotations}}}"#, self.manifest.descriptor(MANIFEST));
        let index = format!(r#"{{"schemaVersion":2,"mediaType":"{INDEX}","manifests":[{manifest}]}}"#);
        std::fs::write(folder.join("index.json"), index)?;
        std::fs::write(folder.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Image;
    use serde_json::Value;

    #[test]
    fn writing_replaces_the_content_of_the_folder() {
        let folder = std::env::temp_dir().join(format!("ringfence-layout-{}", std::process::id()));
        let labels = &[("title", "path-policy")];
        Image::new(b"\0asm\x01\0\0\0", labels).unwrap().write(&folder, "old").unwrap();
        let image = Image::new(b"\0asm\x01\0\0\0 another", labels).unwrap();
        image.write(&folder, "0.1.0").unwrap();
        let index: Value =
            serde_json::from_slice(&std::fs::read(folder.join("index.json")).unwrap()).unwrap();
        assert_eq!(index["manifests"][0]["digest"], image.manifest.digest.as_str());
        assert_eq!(index["manifests"][0]["annotations"]["org.opencontainers.image.ref.name"], "0.1.0");
        let blobs = std::fs::read_dir(folder.join("blobs/sha256")).unwrap();
        assert_eq!(blobs.count(), 3);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
