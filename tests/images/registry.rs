//! A registry on 127.0.0.1, and skopeo to push and pull.

use anyhow::{Context, Result, bail};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use testkit::process::{Background, free_port};
use testkit::workspace::run_folder;

/// The programs that the tests need.
pub const PROGRAMS: [&str; 2] = ["docker-registry", "skopeo"];

/// A registry that is stopped and deleted on drop.
pub struct Registry {
    _process: Background,
    folder: PathBuf,
    port: u16,
}

impl Registry {
    /// Starts an empty registry.
    pub fn start() -> Result<Self> {
        let (folder, port) = (run_folder("registry")?, free_port()?);
        let storage = serde_json::json!({"filesystem": {"rootdirectory": folder.join("storage")}});
        let config = serde_json::json!({
            "version": 0.1,
            "log": {"level": "warn"},
            "storage": storage,
            "http": {"addr": format!("127.0.0.1:{port}")},
        });
        // The configuration is JSON; `version` must be a literal.
        let file = folder.join("config.yml");
        std::fs::write(&file, config.to_string())?;
        let mut command = Command::new("docker-registry");
        let mut process = Background::start(command.arg("serve").arg(&file), &folder.join("log"))?;
        process.wait_for("docker-registry", || TcpStream::connect(("127.0.0.1", port)).ok())?;
        Ok(Self { _process: process, folder, port })
    }

    /// Returns host and path of the images.
    pub fn path(&self) -> String {
        format!("127.0.0.1:{}/ringfence", self.port)
    }

    /// Pushes the image of an OCI image layout without changing it.
    pub fn push(&self, layout: &Path, name: &str) -> Result<()> {
        let to = format!("docker://{}/{name}:test", self.path());
        let from = format!("oci:{}", layout.display());
        skopeo(&["--preserve-digests", "--dest-tls-verify=false", &from, &to])
    }

    /// Pulls an image, by tag or digest, into a new OCI image layout.
    pub fn pull(&self, name: &str, reference: &str) -> Result<PathBuf> {
        let folder = run_folder(&format!("pulled-{name}"))?;
        let to = format!("oci:{}:test", folder.display());
        let from = format!("docker://{}/{name}{reference}", self.path());
        skopeo(&["--preserve-digests", "--src-tls-verify=false", &from, &to])?;
        Ok(folder)
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(self.folder.join("storage"));
    }
}

/// Copies an image, without regard to the machine's policy of trusted images.
fn skopeo(arguments: &[&str]) -> Result<()> {
    let mut command = Command::new("skopeo");
    command.args(["--insecure-policy", "copy", "--quiet"]).args(arguments);
    let output = command.output().context("cannot start skopeo")?;
    if !output.status.success() {
        bail!("skopeo copy {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}
