//! The Docker engine, and compose.

use crate::run::{on_path, shown};
use anyhow::{Context, Result, bail};
use std::process::{Command, Stdio};

const NO_ENGINE: &str = "no Docker engine answers `docker version`: install one and start it (Debian: apt-get install \
    docker.io docker-compose, then, as root, `dockerd &`), and let this user talk to it; $DOCKER_HOST names one elsewhere";
const NO_COMPOSE: &str = "there is an engine, but neither `docker compose` nor `docker-compose`: install one of them \
    (Debian: apt-get install docker-compose)";

/// An engine that answers.
#[derive(Debug)]
pub(crate) struct Engine {
    /// The processor that its containers run on, in the words of Rust: `x86_64`.
    pub(super) processor: &'static str,
    compose: Vec<&'static str>,
}

impl Engine {
    /// The one that `docker` talks to; an instruction where there is none.
    pub(crate) fn find() -> Result<Self> {
        let version = Command::new("docker").args(["version", "--format", "{{.Server.Arch}}"]).output();
        let version = version.ok().filter(|output| output.status.success()).context(NO_ENGINE)?;
        let processor = match String::from_utf8_lossy(&version.stdout).trim() {
            "amd64" => "x86_64",
            "arm64" => "aarch64",
            other => bail!("the engine runs on {other}; there is an Envoy for amd64 and arm64 alone"),
        };
        let compose = if succeeds(Command::new("docker").args(["compose", "version"])) {
            vec!["docker", "compose"]
        } else if on_path("docker-compose").is_some() {
            vec!["docker-compose"]
        } else {
            bail!(NO_COMPOSE);
        };
        Ok(Self { processor, compose })
    }

    /// Compose, as one would type it.
    pub(super) fn compose_words(&self) -> &[&'static str] {
        &self.compose
    }

    /// Compose with these arguments, in the folder of the harness.
    pub(super) fn compose(&self, arguments: &[&str], envoy_image: &str) -> Command {
        let mut words = self.compose.iter().chain(arguments);
        let mut command = Command::new(words.next().copied().unwrap_or_default());
        command
            .args(words)
            .current_dir(testkit::workspace::root().join(super::FOLDER))
            .env("ENVOY_IMAGE", envoy_image);
        command
    }
}

/// Whether a program ends well; what it prints is not seen.
pub(super) fn succeeds(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// What a program prints.
pub(super) fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot run `{}`", shown(command)))?;
    if !output.status.success() {
        bail!("`{}` failed: {}", shown(command), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
