//! `ringfence netpol diff`.

use super::input::cluster;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::report::Format;
use clap::Args;
use netpol::matrix::{Matrix, Row, json_rows};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Options of `netpol diff`.
#[derive(Debug, Args)]
pub struct Options {
    /// Manifests before the change: a file, a folder, or `-` for standard input
    before: PathBuf,
    /// Manifests after the change
    after: PathBuf,
    /// Output format
    #[arg(long, value_parser = Format::among(Format::TEXT_OR_JSON), default_value = "text")]
    format: Format,
}

pub fn run(options: &Options) -> Result<Exit, Failure> {
    let as_json = options.format == Format::Json;
    let read = |path: &PathBuf| cluster(std::slice::from_ref(path), options.format);
    let found = netpol::diff(&read(&options.before)?, &read(&options.after)?);
    if as_json {
        let rows = BTreeMap::from([("opened", &found.opened), ("closed", &found.closed)]);
        let rows: BTreeMap<_, _> = rows.into_iter().map(|(name, matrix)| (name, json_rows(matrix))).collect();
        output::json(&rows)?;
    } else {
        let lines = |sign: char, matrix: &Matrix| -> String {
            let line = |row: &Row| format!("{sign} {} -> {}: {}\n", row.from, row.to, row.ports);
            matrix.rows.iter().map(line).collect()
        };
        output::text(&(lines('+', &found.opened) + &lines('-', &found.closed)))?;
    }
    Ok(if found.is_empty() { Exit::Success } else { Exit::Problems })
}
