//! Manifests that name the images by registry and digest. The examples name them with a placeholder for both.

use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where the examples say that the images are; no such host exists (RFC 2606).
const PLACE: &str = "registry.example.com/ringfence/";

/// The digest that the examples have: nothing has it, so that a proxy refuses whatever it gets.
const NO_DIGEST: &str = "\"0000000000000000000000000000000000000000000000000000000000000000\"";

/// Where the images are.
#[derive(Debug, Clone, Copy)]
pub struct Registry<'a> {
    /// Host and path: `registry.example.com/ringfence`.
    pub path: &'a str,
    /// The tag of each image.
    pub tag: &'a str,
}

/// The text of a manifest with the place and the digest of each image. `digests` has the images' `sha256` by module.
///
/// # Errors
/// Where a manifest names no known module, or a digest stands without an image before it.
pub fn pinned(text: &str, registry: Registry<'_>, digests: &BTreeMap<String, String>) -> Result<String> {
    let mut module = None;
    let mut pinned = String::new();
    for line in text.lines() {
        let key = line.trim_start().trim_start_matches("- ");
        if let Some((before, image)) = line.split_once(PLACE).filter(|_| key.starts_with("url: ")) {
            let name = image.split(':').next().unwrap_or_default().trim();
            ensure!(module.is_none(), "an image stands without a digest before `{name}`");
            module = Some(digests.get(name).with_context(|| format!("there is no image `{name}`"))?);
            let Registry { path, tag } = registry;
            pinned.extend([before, path.trim_end_matches('/'), "/", name, ":", tag]);
        } else if let Some((before, _)) = line.split_once(NO_DIGEST).filter(|_| key.starts_with("sha256: ")) {
            let digest = module.take().context("a digest stands without an image before it")?;
            // In quotes: one of digits alone would be a number.
            pinned.extend([before, "\"", digest, "\""]);
        } else {
            pinned.push_str(line);
        }
        pinned.push('\n');
    }
    ensure!(module.is_none(), "the last image stands without a digest");
    ensure!(!pinned.contains(NO_DIGEST), "a digest stands where none is replaced");
    Ok(pinned)
}

/// Copies the YAML files below a folder, [`pinned`]. Returns the files that it wrote.
///
/// # Errors
/// Where a file cannot be read, pinned or written.
pub fn copy(
    from: &Path,
    to: &Path,
    registry: Registry<'_>,
    digests: &BTreeMap<String, String>,
) -> Result<Vec<PathBuf>> {
    let mut written = Vec::new();
    std::fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in std::fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let path = entry?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            written.extend(copy(&path, &target, registry, digests)?);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            let text = std::fs::read_to_string(&path)?;
            let text = pinned(&text, registry, digests).with_context(|| path.display().to_string())?;
            std::fs::write(&target, text)?;
            written.push(target);
        }
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGISTRY: Registry<'_> = Registry { path: "127.0.0.1:5000/mine", tag: "test" };

    fn digests() -> BTreeMap<String, String> {
        BTreeMap::from([("path-policy".to_owned(), "ab".repeat(32))])
    }

    fn example(image: &str) -> String {
        format!("spec:\n  url: {image}\n  # why\n  sha256: {NO_DIGEST} # placeholder\n  phase: AUTHN\n")
    }

    #[test]
    fn an_image_is_named_by_place_and_digest() {
        for (written, read) in [
            (
                "oci://registry.example.com/ringfence/path-policy:0.1.0",
                "oci://127.0.0.1:5000/mine/path-policy:test",
            ),
            ("registry.example.com/ringfence/path-policy:0.1.0", "127.0.0.1:5000/mine/path-policy:test"),
        ] {
            let digest = "ab".repeat(32);
            let expected = format!("spec:\n  url: {read}\n  # why\n  sha256: \"{digest}\"\n  phase: AUTHN\n");
            assert_eq!(pinned(&example(written), REGISTRY, &digests()).unwrap(), expected);
        }
    }

    #[test]
    fn what_cannot_be_pinned_is_an_error() {
        let unknown = example("oci://registry.example.com/ringfence/path-polcy:0.1.0");
        let image = "url: oci://registry.example.com/ringfence/path-policy:0.1.0\n";
        let digest = format!("sha256: {NO_DIGEST}\n");
        for (text, said) in [
            (unknown.as_str(), "there is no image `path-polcy`"),
            (image, "the last image stands without a digest"),
            (&digest, "a digest stands without an image before it"),
            (&format!("{image}{image}"), "an image stands without a digest before `path-policy`"),
            (&format!("other: {NO_DIGEST}\n"), "a digest stands where none is replaced"),
        ] {
            assert_eq!(pinned(text, REGISTRY, &digests()).unwrap_err().to_string(), said);
        }
    }
}
