//! An image as a folder: an OCI image layout, which skopeo, crane, oras and podman push to a registry.

use super::image::{Descriptor, Image, MANIFEST};
use anyhow::{Context, Result};
use serde::Serialize;
use std::path::Path;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Index<'a> {
    schema_version: u8,
    media_type: &'a str,
    manifests: [Descriptor<'a>; 1],
}

impl Image {
    /// Writes the image into a folder, in the place of what is there. The tag is no part of the image.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write(&self, folder: &Path, tag: &str) -> Result<()> {
        let blobs = folder.join("blobs/sha256");
        if folder.exists() {
            std::fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
        }
        std::fs::create_dir_all(&blobs).with_context(|| format!("cannot make {}", blobs.display()))?;
        for blob in [&self.layer, &self.config, &self.manifest] {
            std::fs::write(blobs.join(blob.hex()), &blob.bytes)?;
        }
        let mut descriptor = self.manifest.descriptor(MANIFEST);
        descriptor.annotations.insert("org.opencontainers.image.ref.name", tag);
        let index = Index {
            schema_version: 2,
            media_type: "application/vnd.oci.image.index.v1+json",
            manifests: [descriptor],
        };
        std::fs::write(folder.join("index.json"), serde_json::to_vec(&index)?)?;
        std::fs::write(folder.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Image;
    use crate::images::image::tests::{LABELS, module};
    use serde_json::Value;

    #[test]
    fn a_folder_holds_one_image_whatever_was_there() {
        let folder = std::env::temp_dir().join(format!("ringfence-layout-{}", std::process::id()));
        Image::of(b"\0asm\x01\0\0\0", LABELS).unwrap().write(&folder, "old").unwrap();
        let image = Image::of(&module(), LABELS).unwrap();
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
