//! `ringfence schema`.

use crate::exit::{Exit, Failure};
use crate::report::Format;
use crate::{flag_value, output};
use clap::Args;
use modules::Module;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// Options of `schema`.
#[derive(Debug, Args)]
pub struct Options {
    /// The filter; by default all filters, as one object with their names
    #[arg(value_parser = flag_value::module(), value_name = "FILTER")]
    filter: Option<Module>,
    /// Write a file for each filter to this folder, instead of printing the schemas
    #[arg(long, value_name = "FOLDER")]
    output: Option<PathBuf>,
    /// The output format: JSON Schema, draft 2020-12
    #[arg(long, value_parser = Format::among(&[Format::Json]), default_value = "json")]
    format: Format,
}

/// Prints or writes JSON Schemas.
pub fn run(options: &Options) -> Result<Exit, Failure> {
    let modules = options.filter.map_or(Module::ALL.to_vec(), |module| vec![module]);
    if let Some(folder) = &options.output {
        modules.into_iter().try_for_each(|module| write(folder, module))?;
    } else if let Some(module) = options.filter {
        output::json(&module.schema())?;
    } else {
        let all = modules.into_iter().map(|module| (module.name().to_owned(), module.schema()));
        output::json(&Value::Object(all.collect::<Map<_, _>>()))?;
    }
    Ok(Exit::Success)
}

fn write(folder: &Path, module: Module) -> Result<(), Failure> {
    let path = folder.join(format!("{module}.json"));
    std::fs::create_dir_all(folder).map_err(Failure::file(folder))?;
    std::fs::write(&path, format!("{:#}\n", module.schema())).map_err(Failure::file(&path))
}
