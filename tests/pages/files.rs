//! The pages and their parts.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use testkit::workspace::root;

/// Returns the pages of `docs` and the README.
pub(crate) fn pages() -> Result<Vec<PathBuf>> {
    let mut pages = files("docs", "md")?;
    pages.extend(Some(root().join("README.md")).filter(|page| page.is_file()));
    Ok(pages)
}

/// Returns the pages whose links are checked: those of [`pages`], the guides, and the READMEs of examples.
pub(crate) fn linked_pages() -> Result<Vec<PathBuf>> {
    let mut linked = pages()?;
    let others = ["ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "network-policies/README.md"];
    linked.extend(others.map(|other| root().join(other)));
    for folder in std::fs::read_dir(root().join("examples"))? {
        linked.push(folder?.path().join("README.md"));
    }
    linked.retain(|page| page.is_file());
    Ok(linked)
}

/// Returns the files of a folder with this extension, in order.
pub(crate) fn files(folder: &str, extension: &str) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(root().join(folder)).with_context(|| folder.to_owned())?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    files.retain(|file| file.extension().is_some_and(|other| other == extension));
    files.sort();
    Ok(files)
}

/// Returns the path below the root of the workspace.
pub(crate) fn name(file: &Path) -> String {
    file.strip_prefix(root()).unwrap_or(file).display().to_string()
}

/// Returns the text under a heading, up to the next one.
pub(crate) fn section<'p>(page: &'p str, heading: &str) -> Option<&'p str> {
    let (_, behind) = page.split_once(&format!("\n## {heading}\n"))?;
    Some(behind.split("\n## ").next().unwrap_or(behind))
}
