//! Reads the files and folders of the command line.

use crate::exit::Failure;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// A file with its text.
#[derive(Debug)]
pub struct File {
    /// The name, as given on the command line or found in a folder.
    pub name: String,
    pub text: String,
}

/// Reads one file, or standard input for `-`.
pub fn read_one(path: &Path) -> Result<File, Failure> {
    let name = path.display().to_string();
    let text =
        if name == "-" { std::io::read_to_string(std::io::stdin()) } else { std::fs::read_to_string(path) };
    let text = text.map_err(|error| match error.kind() {
        ErrorKind::InvalidData => Failure::file(path)("not a text file in UTF-8"),
        _ => Failure::file(path)(error),
    })?;
    Ok(File { name, text })
}

/// Reads files, the YAML and JSON files of folders and their subfolders in the order of their names, and standard input for `-`.
pub fn read(given: &[PathBuf]) -> Result<Vec<File>, Failure> {
    let mut paths = Vec::new();
    for path in given {
        if path.is_dir() {
            let mut files = Vec::new();
            add_manifests(path, &mut files)?;
            if files.is_empty() {
                return Err(Failure::file(path)("no YAML or JSON files in this folder"));
            }
            files.sort();
            paths.extend(files);
        } else {
            paths.push(path.clone());
        }
    }
    paths.iter().map(|path| read_one(path)).collect()
}

/// Adds the YAML and JSON files of a folder, except hidden files and kustomizations.
fn add_manifests(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    for entry in std::fs::read_dir(folder).map_err(Failure::file(folder))? {
        let path = entry.map_err(Failure::file(folder))?.path();
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
