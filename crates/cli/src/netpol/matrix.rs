//! `ringfence netpol matrix`.

use super::{cluster, print_json};
use crate::exit::{Exit, Failure};
use clap::{Args, ValueEnum};
use netpol::audit;
use netpol::matrix::{Matrix, Picture, dot, json, markdown, svg, table};
use netpol::reach::Reach;
use std::path::PathBuf;

/// Who may reach whom.
#[derive(Debug, Args)]
pub struct Options {
    /// Manifests: files, folders, or `-` for standard input.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Print a row for each pair of groups; a group is workloads that no policy tells apart.
    #[arg(long)]
    group: bool,
    /// How it is printed.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Aligned columns.
    Table,
    /// For programs.
    Json,
    /// A table of Markdown.
    Markdown,
    /// A graph for Graphviz.
    Dot,
    /// A picture.
    Svg,
}

pub fn run(options: &Options) -> Result<Exit, Failure> {
    let cluster = cluster(&options.paths, options.format == Format::Json)?;
    if matches!(options.format, Format::Dot | Format::Svg) {
        let picture = Picture::new(&cluster, &audit::Options::default(), options.group);
        print!("{}", if options.format == Format::Dot { dot(&picture) } else { svg(&picture) });
        return Ok(Exit::Well);
    }
    let reach = Reach::new(&cluster);
    let matrix = if options.group { Matrix::of_groups(&reach) } else { Matrix::of_workloads(&reach) };
    match options.format {
        Format::Table | Format::Dot | Format::Svg => print!("{}", table(&matrix)),
        Format::Json => print_json(&json(&matrix)),
        Format::Markdown => print!("{}", markdown(&matrix)),
    }
    Ok(Exit::Well)
}
