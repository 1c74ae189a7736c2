//! Express with its static file handler.

use super::kind::{Kind, folder, program, write};
use crate::site::Site;
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;
use testkit::workspace::target;

pub(super) const KIND: Kind = Kind {
    name: "express",
    setups: &["express"],
    install: "apt-get install npm (and a network to fetch the package express)",
    command,
};

const VERSION: &str = "5.1.0";

const SERVER: &str = "\
const [, , modules, documents, port] = process.argv;
const express = require(modules + '/express');
express().use(express.static(documents)).listen(Number(port), '127.0.0.1');
";

fn command(site: &Site, ports: &[u16]) -> Result<Option<Command>> {
    let (Some(node), Some(npm)) = (program("node"), program("npm")) else { return Ok(None) };
    let Some(modules) = install(npm)? else { return Ok(None) };
    let folder = folder(site, "express")?;
    let mut command = Command::new(node);
    command.arg(write(&folder, "server.js", SERVER)?).arg(modules).arg(&site.documents);
    command.args(ports.iter().map(u16::to_string));
    Ok(Some(command))
}

/// Returns the packages, and downloads them if necessary; `None` if that fails.
fn install(npm: PathBuf) -> Result<Option<PathBuf>> {
    let prefix = target().join(format!("express-{VERSION}"));
    let modules = prefix.join("node_modules");
    if !modules.join("express/package.json").is_file() {
        std::fs::create_dir_all(&prefix)?;
        let mut command = Command::new(npm);
        command.args(["install", "--no-audit", "--no-fund", "--prefix"]).arg(&prefix);
        let output = command.arg(format!("express@{VERSION}")).output()?;
        if !output.status.success() {
            eprintln!("npm install: {}", String::from_utf8_lossy(&output.stderr));
            return Ok(None);
        }
    }
    Ok(Some(modules))
}
