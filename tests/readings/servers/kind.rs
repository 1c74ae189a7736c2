//! Starting a server.

use crate::connection::Connection;
use crate::site::Site;
use anyhow::Result;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use testkit::process::{Background, free_port};

/// A kind of server, which may not be installed.
pub struct Kind {
    /// The name of the server.
    pub name: &'static str,
    /// The set-ups, each on its own port.
    pub setups: &'static [&'static str],
    /// How to install it.
    pub install: &'static str,
    /// Returns the command that starts the server; `None` if it is not installed.
    pub command: fn(&Site, &[u16]) -> Result<Option<Command>>,
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    _process: Background,
    /// The addresses of its set-ups, by name.
    pub addresses: Vec<(&'static str, SocketAddr)>,
}

impl Kind {
    /// Starts the server and waits until every set-up serves the site. Returns `None` if it is not installed.
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

/// Returns the path of a program on the `PATH` or in `/usr/sbin`.
pub fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    folders.map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Creates a folder for the files of a server.
pub fn folder(site: &Site, name: &str) -> Result<PathBuf> {
    let folder = site.folder.join(name);
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Writes a file of a server's configuration.
pub fn write(folder: &Path, name: &str, text: &str) -> Result<PathBuf> {
    let file = folder.join(name);
    std::fs::write(&file, text)?;
    Ok(file)
}
