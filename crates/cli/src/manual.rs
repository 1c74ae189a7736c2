//! `ringfence completions` and `ringfence man`.

use crate::exit::{Exit, Failure};
use crate::output;
use clap::{Args, Command};
use clap_complete::Shell;
use std::path::PathBuf;

/// Options of `completions`.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    shell: Shell,
}

/// Options of `man`.
#[derive(Debug, Args)]
pub struct Man {
    /// Write a page for each command to this folder, instead of printing the page of `ringfence`
    #[arg(long, value_name = "FOLDER")]
    output: Option<PathBuf>,
}

/// Prints the completions of a shell.
pub fn completions(options: &Completions, mut command: Command) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut command, "ringfence", &mut script);
    output::text(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Success)
}

/// Prints or writes the manual pages.
pub fn man(options: &Man, command: Command) -> Result<Exit, Failure> {
    match &options.output {
        Some(folder) => {
            std::fs::create_dir_all(folder).map_err(Failure::file(folder))?;
            clap_mangen::generate_to(command, folder).map_err(Failure::file(folder))?;
        }
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(command).render(&mut page).map_err(Failure::usage)?;
            output::text(&String::from_utf8_lossy(&page))?;
        }
    }
    Ok(Exit::Success)
}
