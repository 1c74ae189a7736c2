//! The guides name files that exist, and all files of a change.

use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use testkit::workspace::root;

/// Files that the guide to contributing creates as an example.
const EXAMPLE_FILES: [&str; 3] = ["client_match.rs", "stages/rate/", "filters/rate-policy/"];

/// Checks that every path of a source file or folder in backticks exists.
pub(crate) fn check_paths(guide: &str) -> Result<()> {
    let text = std::fs::read_to_string(root().join(guide))?;
    let is_path = |text: &&str| {
        let is_file = ["crates/", "tests/", "filters/", "examples/", "docs/", ".ci/"];
        is_file.iter().any(|folder| text.starts_with(folder)) && !text.contains(['*', '<', ' '])
    };
    let is_example = |path: &&str| EXAMPLE_FILES.iter().any(|example| path.contains(example));
    let paths = text.split('`').skip(1).step_by(2).filter(is_path).filter(|path| !is_example(path));
    let missing: Vec<&str> = paths.filter(|path| !root().join(path).exists()).collect();
    ensure!(missing.is_empty(), "{guide} names files that do not exist: {missing:?}");
    Ok(())
}

/// Checks that the steps for a new match field name each file that stops to compile with it.
pub(crate) fn check_list_of_match_files() -> Result<()> {
    let guide = std::fs::read_to_string(root().join("CONTRIBUTING.md"))?;
    let (_, steps) = guide.split_once("**A match field**").context("no steps")?;
    let (steps, _) = steps.split_once("**A filter**").context("no end of the steps")?;
    let mut sources = Vec::new();
    find_sources(&root().join("crates"), &mut sources)?;
    let mut files = 0;
    for source in sources {
        let text = std::fs::read_to_string(&source)?;
        let is_apart =
            |line: &str| line.contains("let MatchFields {") || line.contains("fields: MatchFields {");
        if text.lines().any(is_apart) {
            let name = source.strip_prefix(root())?.display().to_string();
            ensure!(steps.contains(&format!("`{name}`")), "{name} is not among the steps for a match field");
            files += 1;
        }
    }
    ensure!(files > 1, "{files} files take a match apart; the pattern of the test is outdated");
    Ok(())
}

/// Collects the Rust files below a folder.
fn find_sources(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find_sources(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    Ok(())
}
