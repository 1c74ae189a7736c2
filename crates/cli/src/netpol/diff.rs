//! `ringfence netpol diff`.

use super::{Format, cluster, print_json};
use crate::exit::{Exit, Failure};
use clap::Args;
use netpol::matrix::{Matrix, json};
use serde_json::json;
use std::path::PathBuf;

/// What a change opens and closes.
#[derive(Debug, Args)]
pub struct Options {
    /// The manifests before: a file, a folder, or `-` for standard input.
    before: PathBuf,
    /// The manifests after.
    after: PathBuf,
    /// How it is printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

pub fn run(options: &Options) -> Result<Exit, Failure> {
    let as_json = options.format == Format::Json;
    let read = |path: &PathBuf| cluster(std::slice::from_ref(path), as_json);
    let found = netpol::diff(&read(&options.before)?, &read(&options.after)?);
    if as_json {
        let rows = |matrix: &Matrix| json(matrix).get("connections").cloned().unwrap_or_default();
        print_json(&json!({"opened": rows(&found.opened), "closed": rows(&found.closed)}));
    } else {
        for (sign, matrix) in [('+', &found.opened), ('-', &found.closed)] {
            for row in &matrix.rows {
                println!("{sign} {} -> {}: {}", row.from, row.to, row.ports);
            }
        }
    }
    Ok(if found.is_empty() { Exit::Well } else { Exit::Problems })
}
