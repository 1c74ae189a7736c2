//! `ringfence netpol generate`.

use crate::exit::{Exit, Failure};
use crate::files;
use crate::output;
use crate::report::{self, Format};
use clap::Args;
use netpol::generate::{Manifest, manifests, read};
use netpol::model::Policy;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Options of `netpol generate`.
#[derive(Debug, Args)]
pub struct Options {
    /// Service graph: a file, or `-` for standard input
    graph: PathBuf,
    /// Folder for the manifests; without it they are printed
    #[arg(long, value_name = "FOLDER")]
    output: Option<PathBuf>,
    /// Output format
    #[arg(long, value_parser = Format::among(Format::TEXT_OR_JSON), default_value = "text")]
    format: Format,
}

pub fn run(options: &Options) -> Result<Exit, Failure> {
    let as_json = options.format == Format::Json;
    if options.graph.is_dir() {
        let message = "this is a folder; write the path of a file with a ServiceGraph";
        return Err(Failure::file(&options.graph)(message));
    }
    let file = files::read_one(&options.graph)?;
    let graph = read(&file.name, &file.text)
        .map_err(|found| report::reject(&found, std::slice::from_ref(&file), options.format))?;
    let made = manifests(&graph);
    if let Some(folder) = &options.output {
        write(folder, &made)?;
    }
    if as_json {
        output::json(&json!({"manifests": made.iter().map(value).collect::<Vec<_>>()}))?;
    } else if options.output.is_none() {
        let texts: Vec<&str> = made.iter().map(|manifest| manifest.text.as_str()).collect();
        output::text(&texts.join("---\n"))?;
    }
    Ok(Exit::Success)
}

fn write(folder: &Path, made: &[Manifest]) -> Result<(), Failure> {
    let wrong = |path: &Path, error| Failure::usage(format_args!("{}: {error}", path.display()));
    std::fs::create_dir_all(folder).map_err(|error| wrong(folder, error))?;
    for manifest in made {
        let path = folder.join(&manifest.file);
        std::fs::write(&path, &manifest.text).map_err(|error| wrong(&path, error))?;
    }
    Ok(())
}

fn value(manifest: &Manifest) -> Value {
    let Manifest { file, stops, without, policies, text } = manifest;
    let name = |policy: &Policy| format!("{}/{}", policy.namespace(), policy.object.name);
    let policies: Vec<String> = policies.iter().map(name).collect();
    json!({"file": file, "stops": stops, "without": without, "policies": policies, "text": text})
}
