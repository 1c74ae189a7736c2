//! nginx: decodes, merges slashes, then resolves dot segments.

use super::kind::{Kind, folder, program, write};
use crate::site::Site;
use anyhow::Result;
use std::process::Command;

pub(super) const KIND: Kind = Kind {
    name: "nginx",
    setups: &["nginx", "nginx with merge_slashes off"],
    install: "apt-get install nginx",
    command,
};

fn command(site: &Site, ports: &[u16]) -> Result<Option<Command>> {
    let Some(nginx) = program("nginx") else { return Ok(None) };
    let folder = folder(site, "nginx")?;
    let servers = ports.iter().zip(["on", "off"]);
    let servers = servers.map(|(port, merge)| {
        format!(
            "server {{ listen 127.0.0.1:{port}; merge_slashes {merge}; root {}; }}\n",
            site.documents.display()
        )
    });
    let at = folder.display();
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let temporary: String = temporary.map(|what| format!("{what}_temp_path {at}/{what};\n")).concat();
    // As root it would switch to a user that may not be able to read the folder.
    let user = if site.root { "user root;" } else { "" };
    let text = format!(
        "daemon off; {user} worker_processes 1; pid {at}/pid; error_log {at}/error.log;\n\
         events {{}}\n\
         http {{ access_log off; keepalive_requests 1000000;\n{temporary}{}}}\n",
        servers.collect::<String>()
    );
    let file = write(&folder, "nginx.conf", &text)?;
    let mut command = Command::new(nginx);
    command.arg("-p").arg(&folder).arg("-e").arg(folder.join("error.log")).arg("-c").arg(file);
    Ok(Some(command))
}
