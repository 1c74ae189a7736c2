//! `ringfence schema`.

use crate::exit::{Exit, Failure};
use crate::filter::Filter;
use crate::output;
use clap::{Args, ValueEnum};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// What policies may hold.
#[derive(Debug, Args)]
pub struct Options {
    /// The filter; without it all of them, by name.
    #[arg(value_enum)]
    filter: Option<Filter>,
    /// A folder that the schemas are written to, a file for each filter; without it they are printed.
    #[arg(long, value_name = "FOLDER")]
    output: Option<PathBuf>,
    /// How it is printed.
    #[arg(long, value_enum, default_value = "json")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// JSON Schema, draft 2020-12.
    Json,
}

pub fn run(options: &Options) -> Result<Exit, Failure> {
    let Format::Json = options.format;
    let filters = options.filter.map_or(Filter::ALL.to_vec(), |filter| vec![filter]);
    if let Some(folder) = &options.output {
        filters.into_iter().try_for_each(|filter| write(folder, filter))?;
    } else if let Some(filter) = options.filter {
        output::json(&filter.schema());
    } else {
        let all = filters.into_iter().map(|filter| (filter.name().to_owned(), filter.schema()));
        output::json(&Value::Object(all.collect::<Map<_, _>>()));
    }
    Ok(Exit::Well)
}

fn write(folder: &Path, filter: Filter) -> Result<(), Failure> {
    let path = folder.join(format!("{}.json", filter.name()));
    let wrong = |error: std::io::Error| Failure::call(format_args!("{}: {error}", path.display()));
    std::fs::create_dir_all(folder).map_err(wrong)?;
    let text = serde_json::to_string_pretty(&filter.schema()).map_err(|error| wrong(error.into()))?;
    std::fs::write(&path, text + "\n").map_err(wrong)
}
