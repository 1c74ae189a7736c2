//! Reads the files and folders of the command line.

use crate::exit::Failure;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A file with its text.
#[derive(Debug)]
pub struct File {
    /// The name, as given on the command line or found in a folder.
    pub name: String,
    /// The text.
    pub text: String,
}

/// Reads one file, or standard input for `-`.
pub fn read_one(path: &Path) -> Result<File, Failure> {
    let name = path.display().to_string();
    let text = if name == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(path)
    };
    match text {
        Ok(text) => Ok(File { name, text }),
        Err(error) => Err(Failure::usage(format_args!("{name}: {error}"))),
    }
}

/// Reads files, the manifests of folders and their subfolders in the order of their names, and standard input for `-`.
pub fn read(paths: &[PathBuf]) -> Result<Vec<File>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            let mut files = Vec::new();
            add_manifests(path, &mut files)?;
            if files.is_empty() {
                return Err(Failure::usage(format_args!("{}: no manifests in this folder", path.display())));
            }
            files.sort();
            for file in files {
                found.push(read_one(&file)?);
            }
        } else {
            found.push(read_one(path)?);
        }
    }
    Ok(found)
}

/// Adds the YAML and JSON files of a folder, except hidden files and kustomizations.
fn add_manifests(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let failure = |error| Failure::usage(format_args!("{}: {error}", folder.display()));
    for entry in std::fs::read_dir(folder).map_err(failure)? {
        let path = entry.map_err(failure)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let manifest = [".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end));
        if name.starts_with('.') {
            continue;
        } else if path.is_dir() {
            add_manifests(&path, files)?;
        } else if manifest && !matches!(name.as_str(), "kustomization.yaml" | "kustomization.yml") {
            files.push(path);
        }
    }
    Ok(())
}
