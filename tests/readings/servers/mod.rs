//! The servers, each in the ways of setting it up that read paths differently.

mod apache;
mod express;
mod nginx;
mod python;
mod tomcat;

use crate::connection::Connection;
use crate::site::Site;
use anyhow::Result;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use testkit::process::{Background, free_port};

/// A server that may be installed here or not.
pub struct Kind {
    /// Its name.
    pub name: &'static str,
    /// The ways in which it is set up, each on a port of its own.
    pub setups: &'static [&'static str],
    /// How to install it.
    pub install: &'static str,
    /// The command that starts it, if it is installed.
    command: fn(&Site, &[u16]) -> Result<Option<Command>>,
}

/// Every server.
pub const KINDS: [Kind; 5] = [nginx::KIND, apache::KIND, tomcat::KIND, express::KIND, python::KIND];

/// A server that runs.
#[derive(Debug)]
pub struct Server {
    _process: Background,
    /// Where each of its set-ups is, by name.
    pub addresses: Vec<(&'static str, SocketAddr)>,
}

impl Kind {
    /// Starts it and waits until each of its set-ups serves the site; nothing where it is not installed.
    ///
    /// # Errors
    /// Where it is installed and does not serve.
    pub fn start(&self, site: &Site) -> Result<Option<Server>> {
        let ports = self.setups.iter().map(|_| free_port()).collect::<Result<Vec<_>>>()?;
        let Some(mut command) = (self.command)(site, &ports)? else { return Ok(None) };
        let mut process = Background::start(&mut command, &site.folder.join(format!("{}.log", self.name)))?;
        let mut addresses = Vec::new();
        for (setup, port) in self.setups.iter().zip(ports) {
            let address = SocketAddr::from(([127, 0, 0, 1], port));
            process.wait_for(setup, || {
                let response = Connection::new(address).get(b"/public/index.html")?;
                (response.status == 200).then_some(())
            })?;
            addresses.push((*setup, address));
        }
        Ok(Some(Server { _process: process, addresses }))
    }
}

/// A program on the PATH, or where Debian keeps what is for administrators.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    folders.map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// A folder of its own for the files of a server.
fn folder(site: &Site, name: &str) -> Result<PathBuf> {
    let folder = site.folder.join(name);
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Writes a file of a server's configuration.
fn write(folder: &Path, name: &str, text: &str) -> Result<PathBuf> {
    let file = folder.join(name);
    std::fs::write(&file, text)?;
    Ok(file)
}
