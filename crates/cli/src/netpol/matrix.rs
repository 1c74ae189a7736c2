//! `ringfence netpol matrix`.

use super::cluster;
use crate::exit::{Exit, Failure};
use crate::output;
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
    let matrix = || {
        let reach = Reach::new(&cluster);
        if options.group { Matrix::of_groups(&reach) } else { Matrix::of_workloads(&reach) }
    };
    let picture =
        || Picture::new(&cluster, &audit::Options::default(), options.group).map_err(Failure::usage);
    match options.format {
        Format::Table => output::text(&table(&matrix())),
        Format::Json => output::json(&json(&matrix())),
        Format::Markdown => output::text(&markdown(&matrix())),
        Format::Dot => output::text(&dot(&picture()?)),
        Format::Svg => output::text(&svg(&picture()?)),
    }
    Ok(Exit::Success)
}
