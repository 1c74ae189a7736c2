//! Manifests with the registry and the digests of the images. The examples have a placeholder for both.

use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The registry in the examples, a host that cannot exist (RFC 2606).
const PLACE: &str = "registry.example.com/ringfence/";

/// The digest in the examples. No image has it, so a proxy rejects any image.
const NO_DIGEST: &str = "\"0000000000000000000000000000000000000000000000000000000000000000\"";

/// The registry of the images.
#[derive(Debug, Clone, Copy)]
pub struct Registry<'a> {
    /// Host and path, such as `registry.example.com/ringfence`.
    pub path: &'a str,
    /// The tag of each image.
    pub tag: &'a str,
    /// The `sha256` of each image, by the name of its module.
    pub digests: &'a BTreeMap<String, String>,
}

/// Returns a manifest with the registry and the digest of each image.
///
/// Returns an error if the manifest names an unknown module, or an image and its digest are not in pairs.
pub fn pinned(text: &str, registry: Registry<'_>) -> Result<String> {
    let Registry { path, tag, digests } = registry;
    let mut module = None;
    let mut pinned = String::new();
    for line in text.lines() {
        let key = line.trim_start().trim_start_matches("- ");
        if let Some((before, image)) = line.split_once(PLACE).filter(|_| key.starts_with("url: ")) {
            let name = image.split(':').next().unwrap_or_default().trim();
            ensure!(module.is_none(), "the image before `{name}` has no digest");
            module = Some(digests.get(name).with_context(|| format!("unknown image `{name}`"))?);
            pinned.extend([before, path.trim_end_matches('/'), "/", name, ":", tag]);
        } else if let Some((before, _)) = line.split_once(NO_DIGEST).filter(|_| key.starts_with("sha256: ")) {
            let digest = module.take().context("a digest has no image before it")?;
            // Quoted, because YAML reads a digest without letters as a number.
            pinned.extend([before, "\"", digest, "\""]);
        } else {
            pinned.push_str(line);
        }
        pinned.push('\n');
    }
    ensure!(module.is_none(), "the last image has no digest");
    ensure!(!pinned.contains(NO_DIGEST), "a digest is in an unknown field");
    Ok(pinned)
}

/// Copies the YAML files below a folder and replaces the placeholders in them. Returns the files it wrote.
pub fn copy(from: &Path, to: &Path, registry: Registry<'_>) -> Result<Vec<PathBuf>> {
    let mut written = Vec::new();
    std::fs::create_dir_all(to).with_context(|| format!("cannot create {}", to.display()))?;
    for entry in std::fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let path = entry?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            written.extend(copy(&path, &target, registry)?);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            let text = std::fs::read_to_string(&path)?;
            let text = pinned(&text, registry).with_context(|| path.display().to_string())?;
            std::fs::write(&target, text)?;
            written.push(target);
        }
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pinned(text: &str) -> Result<String> {
        let digests = BTreeMap::from([("path-policy".to_owned(), "ab".repeat(32))]);
        super::pinned(text, Registry { path: "127.0.0.1:5000/mine", tag: "test", digests: &digests })
    }

    fn example(image: &str) -> String {
        format!("spec:\n  url: {image}\n  # why\n  sha256: {NO_DIGEST} # placeholder\n  phase: AUTHN\n")
    }

    #[test]
    fn registry_and_digest_are_replaced() {
        for (written, read) in [
            (
                "oci://registry.example.com/ringfence/path-policy:0.1.0",
                "oci://127.0.0.1:5000/mine/path-policy:test",
            ),
            ("registry.example.com/ringfence/path-policy:0.1.0", "127.0.0.1:5000/mine/path-policy:test"),
        ] {
            let digest = "ab".repeat(32);
            let expected = format!("spec:\n  url: {read}\n  # why\n  sha256: \"{digest}\"\n  phase: AUTHN\n");
            assert_eq!(pinned(&example(written)).unwrap(), expected);
        }
    }

    #[test]
    fn images_and_digests_must_be_in_pairs() {
        let unknown = example("oci://registry.example.com/ringfence/path-polcy:0.1.0");
        let image = "url: oci://registry.example.com/ringfence/path-policy:0.1.0\n";
        let digest = format!("sha256: {NO_DIGEST}\n");
        for (text, message) in [
            (unknown.as_str(), "unknown image `path-polcy`"),
            (image, "the last image has no digest"),
            (&digest, "a digest has no image before it"),
            (&format!("{image}{image}"), "the image before `path-policy` has no digest"),
            (&format!("other: {NO_DIGEST}\n"), "a digest is in an unknown field"),
        ] {
            assert_eq!(pinned(text).unwrap_err().to_string(), message);
        }
    }
}
