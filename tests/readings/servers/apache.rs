//! Apache httpd: rejects escaped slashes unless `AllowEncodedSlashes` decodes or keeps them.

use super::kind::{Kind, folder, program, write};
use crate::site::Site;
use anyhow::Result;
use std::process::Command;

pub(super) const KIND: Kind = Kind {
    name: "apache",
    setups: &[
        "apache",
        "apache with AllowEncodedSlashes On",
        "apache with AllowEncodedSlashes NoDecode",
        "apache with MergeSlashes Off",
    ],
    install: "apt-get install apache2",
    command,
};

const DIRECTIVES: [&str; 4] = [
    "",
    "AllowEncodedSlashes On",
    "AllowEncodedSlashes NoDecode",
    "MergeSlashes Off\nAllowEncodedSlashes On",
];

fn command(site: &Site, ports: &[u16]) -> Result<Option<Command>> {
    let Some(apache) = program("apache2") else { return Ok(None) };
    let folder = folder(site, "apache")?;
    let (at, documents) = (folder.display(), site.documents.display());
    let modules: String = ["mpm_event", "authz_core"]
        .map(|module| format!("LoadModule {module}_module /usr/lib/apache2/modules/mod_{module}.so\n"))
        .concat();
    let hosts = ports.iter().zip(DIRECTIVES).map(|(port, directives)| {
        format!("Listen 127.0.0.1:{port}\n<VirtualHost 127.0.0.1:{port}>\n{directives}\n</VirtualHost>\n")
    });
    // It refuses to serve as root.
    let user = if site.root { "User www-data\nGroup www-data\n" } else { "" };
    let text = format!(
        "ServerRoot {at}\nServerName localhost\nPidFile {at}/pid\nDefaultRuntimeDir {at}\nErrorLog {at}/error.log\n\
         {modules}{user}KeepAlive On\nMaxKeepAliveRequests 0\n\
         DocumentRoot {documents}\n<Directory {documents}>\nRequire all granted\n</Directory>\n{}",
        hosts.collect::<String>()
    );
    let file = write(&folder, "apache.conf", &text)?;
    let mut command = Command::new(apache);
    command.arg("-DFOREGROUND").arg("-f").arg(file);
    Ok(Some(command))
}
