//! Stock Envoy.

use crate::client::{self, Request};
use crate::process::Background;
use crate::root;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The version that is fetched where there is none.
pub const VERSION: &str = "1.40.0";

/// An Envoy that runs.
#[derive(Debug)]
pub struct Envoy {
    process: Background,
    admin: SocketAddr,
    listeners: BTreeMap<String, SocketAddr>,
}

/// The Envoy to use: `$ENVOY`, `envoy` on the PATH, or the one that was fetched.
pub fn find() -> Option<PathBuf> {
    if let Some(given) = std::env::var_os("ENVOY").filter(|given| !given.is_empty()) {
        return Some(given.into());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|folder| folder.join("envoy")).find(|file| file.is_file());
    on_path.or_else(|| Some(fetched(VERSION)).filter(|file| file.is_file()))
}

/// Where an Envoy of this version is that was fetched.
pub fn fetched(version: &str) -> PathBuf {
    root().join(format!("target/envoy-{version}/bin/envoy"))
}

/// The version of the Envoy to use: `1.40.0`.
///
/// # Errors
/// Where there is none, or it does not say.
pub fn version() -> Result<String> {
    let Some(envoy) = find() else { bail!("there is no Envoy: run `cargo xtask envoy`") };
    let output = Command::new(envoy).arg("--version").output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    // `envoy  version: <commit>/1.40.0/Clean/RELEASE/BoringSSL`
    said.split('/')
        .find(|part| part.starts_with("1."))
        .map(str::to_owned)
        .with_context(|| format!("Envoy says {said}"))
}

/// A folder of its own under `target/`, for the files of one run.
///
/// # Errors
/// Where it cannot be made.
pub fn run_folder(name: &str) -> Result<PathBuf> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let folder = root().join(format!("target/e2e/{name}-{}-{number}", std::process::id()));
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

impl Envoy {
    /// Starts Envoy with this bootstrap, whose admin port must be 0, and waits until it is ready.
    ///
    /// # Errors
    /// Where it does not start; the end of its log is in the error.
    pub fn start(name: &str, bootstrap: &Value, arguments: &[&str]) -> Result<Self> {
        let folder = run_folder(name)?;
        let file = folder.join("envoy.json");
        std::fs::write(&file, serde_json::to_vec_pretty(bootstrap)?)?;
        Self::start_file(&folder, &file, arguments)
    }

    /// Starts Envoy with the bootstrap in a file; its log goes to `folder`.
    ///
    /// # Errors
    /// As [`Envoy::start`].
    pub fn start_file(folder: &Path, bootstrap: &Path, arguments: &[&str]) -> Result<Self> {
        let Some(envoy) = find() else { bail!("there is no Envoy: run `cargo xtask envoy`") };
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
            let answer = client::http1(admin, &Request::get("/ready")).ok()?;
            (answer.status == 200).then_some(())
        })?;
        let mut envoy = Self { process, admin, listeners: BTreeMap::new() };
        envoy.listeners = envoy.read_listeners()?;
        Ok(envoy)
    }

    /// What an admin path says.
    ///
    /// # Errors
    /// Where Envoy does not answer.
    pub fn admin(&self, path: &str) -> Result<String> {
        let answer = client::http1(self.admin, &Request::get(path))?;
        Ok(String::from_utf8_lossy(&answer.body).into_owned())
    }

    /// The value of a counter or gauge; 0 where there is none.
    ///
    /// # Errors
    /// Where Envoy does not answer.
    pub fn stat(&self, name: &str) -> Result<u64> {
        let text = self.admin(&format!("/stats?filter=^{}$", name.replace('.', r"\.")))?;
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")?.parse().ok());
        Ok(value.unwrap_or_default())
    }

    /// The address of the listener of this name.
    ///
    /// # Errors
    /// Where there is none.
    pub fn listener(&self, name: &str) -> Result<SocketAddr> {
        self.listeners.get(name).copied().with_context(|| format!("Envoy has no listener {name}"))
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.process.log()
    }

    /// Its process.
    pub fn process(&mut self) -> &mut Background {
        &mut self.process
    }

    fn read_listeners(&self) -> Result<BTreeMap<String, SocketAddr>> {
        let text = self.admin("/listeners?format=json")?;
        let listeners: Value = serde_json::from_str(&text).with_context(|| text.clone())?;
        let read = |listener: &Value| {
            let address = &listener["local_address"]["socket_address"];
            let port = u16::try_from(address["port_value"].as_u64()?).ok()?;
            Some((listener["name"].as_str()?.to_owned(), SocketAddr::from(([127, 0, 0, 1], port))))
        };
        Ok(listeners["listener_statuses"].as_array().into_iter().flatten().filter_map(read).collect())
    }
}

/// What `envoy --mode validate` says of a bootstrap: nothing where it is well.
///
/// # Errors
/// Where Envoy cannot be started.
pub fn validate(bootstrap: &Path) -> Result<Option<String>> {
    let Some(envoy) = find() else { bail!("there is no Envoy: run `cargo xtask envoy`") };
    let mut command = Command::new(envoy);
    command.args(["--mode", "validate", "-l", "warning", "-c"]).arg(bootstrap).current_dir(root());
    let output = command.output()?;
    Ok((!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned()))
}
