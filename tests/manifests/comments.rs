//! Every NetworkPolicy file starts with a comment: what it prevents, and what fails without it.

use crate::files::{documents, name};
use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use std::path::Path;

/// Returns the trial of a file with a NetworkPolicy.
pub fn trial(file: &Path) -> Result<Option<Trial>> {
    if documents(file)?.iter().all(|document| document["kind"] != "NetworkPolicy") {
        return Ok(None);
    }
    let text = std::fs::read_to_string(file)?;
    Ok(Some(crate::files::trial(format!("{} says what it stops", name(file)), move || {
        ensure!(text.starts_with("# Stops: "), "it does not begin with `# Stops: `");
        let comment = text.lines().take_while(|line| line.starts_with('#'));
        ensure!(
            comment.into_iter().any(|line| line.starts_with("# Without it: ")),
            "no line `# Without it: `"
        );
        Ok(())
    })))
}
