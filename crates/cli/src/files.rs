//! Files and folders that the command is given.

use crate::exit::Failure;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A file that was read.
#[derive(Debug)]
pub struct File {
    /// Its name, as it was given or found.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// Reads files, the manifests of folders and of the folders in them, and standard input for `-`, in order of their names.
pub fn read(paths: &[PathBuf]) -> Result<Vec<File>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            let mut text = String::new();
            let read = std::io::stdin().read_to_string(&mut text);
            read.map_err(|error| Failure::call(format_args!("standard input: {error}")))?;
            found.push(File { name: "-".to_owned(), text });
        } else if path.is_dir() {
            let mut files = Vec::new();
            walk(path, &mut files)?;
            if files.is_empty() {
                return Err(Failure::call(format_args!("{}: no manifests in this folder", path.display())));
            }
            files.sort();
            for file in files {
                found.push(open(&file)?);
            }
        } else {
            found.push(open(path)?);
        }
    }
    Ok(found)
}

/// Manifests by the ends of their names. What kustomize is told is none; nor is what is hidden.
fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let wrong = |error| Failure::call(format_args!("{}: {error}", folder.display()));
    for entry in std::fs::read_dir(folder).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let manifest = [".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end));
        if name.starts_with('.') {
            continue;
        } else if path.is_dir() {
            walk(&path, files)?;
        } else if manifest && !matches!(name.as_str(), "kustomization.yaml" | "kustomization.yml") {
            files.push(path);
        }
    }
    Ok(())
}

fn open(path: &Path) -> Result<File, Failure> {
    let name = path.display().to_string();
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(File { name, text }),
        Err(error) => Err(Failure::call(format_args!("{name}: {error}"))),
    }
}
