//! The description of a server: a file in `servers/`.

use anyhow::{Context, Result, anyhow};
use serde_json::Value;
use std::path::PathBuf;
use testkit::workspace::root;

/// A kind of server, with set-ups that differ.
#[derive(Debug)]
pub struct Kind {
    /// The name of the file.
    pub name: String,
    /// `python` and `node` with the packages of the lock files, and programs.
    pub needs: Vec<String>,
    /// Files that must exist, such as libraries.
    pub exists: Vec<PathBuf>,
    /// How to install it.
    pub install: String,
    /// Whether it ignores letter case, so that rules must ignore it too.
    pub ignores_case: bool,
    /// Whether it serves a file with further segments after its name, which policies do not judge (docs/path-policy.md).
    pub path_info: bool,
    /// Whether only `--zoo` runs it.
    pub zoo_only: bool,
    /// The files that are written before it starts, and their text.
    pub files: Vec<(String, String)>,
    /// A command that runs first.
    pub build: Option<String>,
    /// The set-ups.
    pub setups: Vec<Setup>,
}

/// One set-up of a kind.
#[derive(Debug)]
pub struct Setup {
    /// Its name, in the name of the trial.
    pub name: String,
    /// The commands that start it.
    pub start: Vec<String>,
    /// Texts that replace `@name@` in files and commands.
    pub texts: Vec<(String, String)>,
}

/// Returns every kind.
pub fn kinds() -> Result<Vec<Kind>> {
    let mut files: Vec<_> =
        std::fs::read_dir(folder().join("servers"))?.collect::<std::io::Result<Vec<_>>>()?;
    files.sort_by_key(std::fs::DirEntry::file_name);
    let read = |file: &std::fs::DirEntry| {
        let path = file.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        kind(name, &std::fs::read_to_string(&path)?).with_context(|| path.display().to_string())
    };
    files.iter().map(read).collect()
}

/// Returns the folder with the descriptions and the lock files.
pub fn folder() -> PathBuf {
    root().join("tests/readings/zoo")
}

fn kind(name: String, text: &str) -> Result<Kind> {
    let documents = yaml::values(&name, text).map_err(|problem| anyhow!("{problem:?}"))?;
    let file = documents.first().context("the file is empty")?;
    let start = strings(&file["start"]);
    let setups = pairs(&file["setups"]).map(|(setup, fields)| Setup {
        name: setup.clone(),
        start: if fields["start"].is_null() { start.clone() } else { strings(&fields["start"]) },
        texts: texts(fields),
    });
    Ok(Kind {
        needs: strings(&file["needs"]),
        exists: strings(&file["exists"]).into_iter().map(PathBuf::from).collect(),
        install: file["install"].as_str().unwrap_or("a network to fetch packages").to_owned(),
        ignores_case: file["ignoresCase"] == true,
        path_info: file["pathInfo"] == true,
        zoo_only: file["zooOnly"] == true,
        files: texts(&file["files"]),
        build: file["build"].as_str().map(str::to_owned),
        setups: setups.collect(),
        name,
    })
}

fn pairs(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn texts(value: &Value) -> Vec<(String, String)> {
    pairs(value).filter_map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned()))).collect()
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
