//! `ringfence netpol matrix`.

use super::input::cluster;
use crate::exit::{Exit, Failure};
use crate::{output, report};
use clap::{Args, ValueEnum};
use netpol::audit;
use netpol::matrix::{Matrix, Picture, dot, json, markdown, svg, table};
use netpol::reach::Reach;
use std::path::PathBuf;

/// Options of `netpol matrix`.
#[derive(Debug, Args)]
pub struct Options {
    /// Manifests: files, folders, or `-` for standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Print a row for each pair of groups of workloads that all policies treat alike
    #[arg(long)]
    group: bool,
    /// Output format
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Aligned columns
    Table,
    /// JSON
    Json,
    /// A Markdown table
    Markdown,
    /// A graph in the DOT language of Graphviz
    Dot,
    /// A picture in SVG
    Svg,
}

pub fn run(options: &Options) -> Result<Exit, Failure> {
    let problems = if options.format == Format::Json { report::Format::Json } else { report::Format::Text };
    let cluster = cluster(&options.paths, problems)?;
    let matrix = || {
        let reach = Reach::new(&cluster);
        if options.group { Matrix::of_groups(&reach) } else { Matrix::of_workloads(&reach) }
    };
    let picture =
        || Picture::new(&cluster, &audit::Options::default(), options.group).map_err(Failure::usage);
    match options.format {
        Format::Table => output::text(&table(&matrix()))?,
        Format::Json => output::json(&json(&matrix()))?,
        Format::Markdown => output::text(&markdown(&matrix()))?,
        Format::Dot => output::text(&dot(&picture()?))?,
        Format::Svg => output::text(&svg(&picture()?))?,
    }
    Ok(Exit::Success)
}
