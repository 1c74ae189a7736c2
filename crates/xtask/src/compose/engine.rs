//! The Docker engine, and compose.

use anyhow::{Context, Result, bail};
use std::process::Command;
use testkit::process::{output, run};
use testkit::workspace::{on_path, root};

pub(super) const FOLDER: &str = "examples/docker-compose";

const NO_ENGINE: &str = "`docker version` finds no Docker engine; install and start one (Debian: apt-get install docker.io \
    docker-compose, then, as root, `dockerd &`) and give this user access, or set DOCKER_HOST";
const NO_COMPOSE: &str = "neither `docker compose` nor `docker-compose` is installed; install one of them (Debian: \
    apt-get install docker-compose)";

#[derive(Debug)]
pub(crate) struct Engine {
    /// The processor of its containers, in Rust's notation, such as `x86_64`.
    pub(super) processor: &'static str,
    /// The words of the compose command.
    pub(super) compose: Vec<&'static str>,
}

impl Engine {
    /// Finds the engine that the command `docker` uses.
    pub(crate) fn find() -> Result<Self> {
        let version = output(Command::new("docker").args(["version", "--format", "{{.Server.Arch}}"]));
        let processor = match version.ok().context(NO_ENGINE)?.trim() {
            "amd64" => "x86_64",
            "arm64" => "aarch64",
            other => bail!("the engine's processor is {other}; Envoy exists for amd64 and arm64 only"),
        };
        let compose = if run(Command::new("docker").args(["compose", "version"])).is_ok() {
            vec!["docker", "compose"]
        } else if on_path("docker-compose").is_some() {
            vec!["docker-compose"]
        } else {
            bail!(NO_COMPOSE);
        };
        Ok(Self { processor, compose })
    }

    /// Returns compose with these arguments, in the folder of the compose file.
    pub(super) fn compose(&self, arguments: &[&str], envoy_image: &str) -> Command {
        let mut words = self.compose.iter().chain(arguments);
        let mut command = Command::new(words.next().copied().unwrap_or_default());
        command.args(words).current_dir(root().join(FOLDER)).env("ENVOY_IMAGE", envoy_image);
        command
    }
}
