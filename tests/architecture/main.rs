//! No two files of a crate import each other, directly or in a circle.
//!
//! A file imports another if it names something that the other defines, in a `use` or in a path. Re-exports are followed to the
//! definition, so a `mod.rs` that only re-exports is not imported by anyone. Code under `#[cfg(test)]` is not considered.
#![allow(clippy::indexing_slicing, reason = "tests")]

mod circles;
mod references;
mod resolve;
mod tree;

use anyhow::{Context, Result};
use libtest_mimic::{Arguments, Failed, Trial};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use testkit::workspace::{metadata, root};

fn main() -> Result<ExitCode> {
    let mut trials = Vec::new();
    for (name, file) in crates()? {
        trials.push(Trial::test(format!("the files of {name} have no circle"), move || {
            check(&file).map_err(|error| Failed::from(format!("{error:#}")))
        }));
    }
    Ok(libtest_mimic::run(&Arguments::from_args(), trials).exit_code())
}

/// Returns the libraries, programs and tests of the workspace: name and root file.
fn crates() -> Result<Vec<(String, PathBuf)>> {
    let metadata = metadata()?;
    let mut crates = Vec::new();
    for package in metadata["packages"].as_array().context("no packages")? {
        for target in package["targets"].as_array().context("no targets")? {
            let kind = target["kind"][0].as_str().context("no kind")?;
            let file = target["src_path"].as_str().context("no path")?;
            if !matches!(kind, "bench" | "custom-build") {
                crates.push((format!("{} ({kind} {})", package["name"], target["name"]), file.into()));
            }
        }
    }
    Ok(crates)
}

fn check(file: &Path) -> Result<()> {
    let tree = tree::Tree::read(file)?;
    let circles = circles::find(&references::all(&tree));
    let lines: Vec<String> = circles.iter().map(|circle| circle.describe(&root())).collect();
    anyhow::ensure!(lines.is_empty(), "files that import each other:\n{}", lines.join("\n"));
    Ok(())
}
