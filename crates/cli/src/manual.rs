//! `ringfence completions` and `ringfence man`.

use crate::exit::{Exit, Failure};
use crate::output;
use clap::{Args, Command};
use clap_complete::Shell;
use std::path::PathBuf;

/// What a shell completes by.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell.
    shell: Shell,
}

/// The manual.
#[derive(Debug, Args)]
pub struct Man {
    /// A folder that the pages are written to, one for each command; without it that of `ringfence` is printed.
    #[arg(long, value_name = "FOLDER")]
    output: Option<PathBuf>,
}

pub fn completions(options: &Completions, mut command: Command) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut command, "ringfence", &mut script);
    output::text(&String::from_utf8_lossy(&script));
    Ok(Exit::Well)
}

pub fn man(options: &Man, command: Command) -> Result<Exit, Failure> {
    match &options.output {
        Some(folder) => {
            let wrong = |error| Failure::call(format_args!("{}: {error}", folder.display()));
            std::fs::create_dir_all(folder).map_err(wrong)?;
            clap_mangen::generate_to(command, folder).map_err(wrong)?;
        }
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(command).render(&mut page).map_err(Failure::call)?;
            output::text(&String::from_utf8_lossy(&page));
        }
    }
    Ok(Exit::Well)
}
