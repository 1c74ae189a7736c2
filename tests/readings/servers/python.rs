//! Python's `http.server`: decodes once, then ignores `..` above the root.

use super::kind::{Kind, program};
use crate::site::Site;
use anyhow::Result;
use std::process::Command;

pub(super) const KIND: Kind =
    Kind { name: "python", setups: &["python"], install: "apt-get install python3", command };

fn command(site: &Site, ports: &[u16]) -> Result<Option<Command>> {
    let Some(python) = program("python3") else { return Ok(None) };
    let mut command = Command::new(python);
    command.args(["-m", "http.server", "--bind", "127.0.0.1", "--directory"]).arg(&site.documents);
    command.args(ports.iter().map(u16::to_string));
    Ok(Some(command))
}
