//! Child processes.

use anyhow::{Context, Result};
use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// How long a program may take to become ready, or to reach a state.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);

/// A program in the background, which is stopped on drop.
#[derive(Debug)]
pub struct Background {
    child: Child,
    log: PathBuf,
}

impl Background {
    /// Starts a program. Its output is written to the file `log`.
    pub fn start(command: &mut Command, log: &Path) -> Result<Self> {
        let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        let errors = file.try_clone()?;
        let child = command.stdin(Stdio::null()).stdout(file).stderr(errors).spawn();
        let program = command.get_program().display().to_string();
        Ok(Self { child: child.with_context(|| format!("cannot start {program}"))?, log: log.to_owned() })
    }

    /// Returns the output so far.
    pub fn log(&self) -> String {
        std::fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// Returns the file of the output.
    pub fn log_file(&self) -> &Path {
        &self.log
    }

    /// Returns the process ID.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Returns true if the program has not exited.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Polls `ready` until it returns a value.
    /// An error has the end of the log.
    pub fn wait_for<T>(&mut self, what: &str, mut ready: impl FnMut() -> Option<T>) -> Result<T> {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            if let Some(value) = ready() {
                return Ok(value);
            }
            let running = self.is_running();
            if !running || Instant::now() > deadline {
                let why = if running { "not ready within 30 s" } else { "the program exited" };
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
        // SIGTERM first, so that the program can stop its own children.
        if self.is_running() {
            let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        }
        let deadline = Instant::now() + Duration::from_secs(5);
        while self.is_running() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns a free TCP port of 127.0.0.1.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Runs a program and returns its standard output.
pub fn output(command: &mut Command) -> Result<String> {
    let shown = shown(command);
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot run `{shown}`"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        anyhow::bail!("`{shown}` failed: {text}{}", String::from_utf8_lossy(&output.stderr).trim_end());
    }
    Ok(text)
}

/// Runs a program whose output is not needed.
pub fn run(command: &mut Command) -> Result<()> {
    output(command).map(drop)
}

/// Returns the exit code of a program: a failure, after its message, for an error or the result `false`.
pub fn exit_code(result: Result<bool>) -> ExitCode {
    let success = result.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        false
    });
    if success { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Returns a command line as a user would type it.
pub fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}
