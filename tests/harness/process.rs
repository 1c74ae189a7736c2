//! Programs in the background.

use anyhow::{Context, Result};
use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A program in the background, which ends when this goes.
#[derive(Debug)]
pub struct Background {
    child: Child,
    log: PathBuf,
}

impl Background {
    /// Starts a program; what it prints goes to the file `log`.
    ///
    /// # Errors
    /// Where it cannot be started.
    pub fn start(command: &mut Command, log: &Path) -> Result<Self> {
        let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        let errors = file.try_clone()?;
        let child = command.stdin(Stdio::null()).stdout(file).stderr(errors).spawn();
        let program = command.get_program().display().to_string();
        Ok(Self { child: child.with_context(|| format!("cannot start {program}"))?, log: log.to_owned() })
    }

    /// What it has printed so far.
    pub fn log(&self) -> String {
        std::fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// The file that what it prints goes to.
    pub fn log_file(&self) -> &Path {
        &self.log
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits until `ready` gives something.
    ///
    /// # Errors
    /// Where it does not within half a minute, or the program ends; the end of its log is in the error.
    pub fn wait_for<T>(&mut self, what: &str, mut ready: impl FnMut() -> Option<T>) -> Result<T> {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            if let Some(value) = ready() {
                return Ok(value);
            }
            let runs = self.runs();
            if !runs || Instant::now() > deadline {
                let why = if runs { "not within 30 s" } else { "the program ended before" };
                let log = self.log();
                let tail: Vec<&str> = log.lines().rev().take(30).collect();
                let tail = tail.into_iter().rev().collect::<Vec<_>>().join("\n");
                anyhow::bail!("{what}: {why}; the end of {}:\n{tail}", self.log.display());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // Politely first, so that children of the program go with it.
        if self.runs() {
            let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        }
        let deadline = Instant::now() + Duration::from_secs(5);
        while self.runs() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port of loopback that nobody listens on.
///
/// # Errors
/// Where there is none.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
