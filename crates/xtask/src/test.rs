//! Every test, and what was left out.

use crate::run::{cargo, say, shown};
use crate::{build, compose, dist, envoy, tools};
use anyhow::{Context, Result};
use clap::Args;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Which tests.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Leave out what needs Envoy or the modules.
    #[arg(long)]
    quick: bool,
    /// Fail where a part is left out because something is not installed.
    #[arg(long)]
    all: bool,
    /// Run what needs Envoy, and nothing else, on this version of it: `1.36.4`.
    #[arg(long, value_name = "VERSION", conflicts_with = "quick")]
    envoy: Option<String>,
    /// The folder of the CRDs of Istio and Envoy Gateway, to check manifests against.
    #[arg(long, value_name = "FOLDER")]
    crds: Option<PathBuf>,
}

/// What the tests said.
#[derive(Debug, Default)]
struct Tally {
    passed: u64,
    failed: u64,
    failures: Vec<String>,
    left_out: Vec<String>,
}

/// Runs every test; the last line counts them. Whether all passed is what it returns.
pub(crate) fn run(options: &Options) -> bool {
    let mut tally = Tally::default();
    if let Some(version) = &options.envoy {
        tally.part("the modules", |_| build::all());
        tally.on_version(version, &["envoy", "behaviour"], options);
        return tally.finish(options);
    }
    tally.check(&mut cargo(&["fmt", "--all", "--check"]));
    tally.check(&mut cargo(&[
        "clippy",
        "--locked",
        "--quiet",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]));
    tally.check(&mut modules_clippy());
    tally.tests(&mut own_tests());
    tally.tests(&mut end_to_end(&["engine", "command", "documents", "manifests"], options));
    tally.part("the engine in WebAssembly", |tally| {
        tally.tests(&mut engine_in_wasm()?);
        Ok(())
    });
    if options.quick {
        tally.left_out.push("Envoy, as `--quick` asks: run `cargo xtask test`".to_owned());
    } else {
        outside(&mut tally, options);
    }
    tally.finish(options)
}

/// What is tested from outside: the modules, in Envoy, and in containers.
fn outside(tally: &mut Tally, options: &Options) {
    tally.part("the modules", |tally| {
        build::all()?;
        tally.tests(&mut end_to_end(&["images"], options));
        Ok(())
    });
    tally.part("Envoy", |tally| {
        envoy::ensure()?;
        tally.tests(&mut end_to_end(&["envoy", "convert", "behaviour", "readings", "kernel"], options));
        Ok(())
    });
    if options.all {
        tally.part("the command as one file", |_| dist::all());
        OLDER.iter().for_each(|version| tally.on_version(version, &["envoy"], options));
    }
    tally.part("the compose harness", Tally::compose);
}

/// The crates whose tests stand with the code.
const OWN_TESTS: [&str; 11] = [
    "policy",
    "lint",
    "yaml",
    "jose",
    "cases",
    "convert",
    "testkit",
    "netpol",
    "ringfence-cli",
    "stand-ins",
    "xtask",
];

/// The tests that stand with the code.
fn own_tests() -> Command {
    let mut command = cargo(&["test", "--locked", "--quiet"]);
    for package in OWN_TESTS {
        command.args(["-p", package]);
    }
    command
}

fn modules_clippy() -> Command {
    let mut command = cargo(&["clippy", "--locked", "--quiet", "--target", "wasm32-wasip1", "-p", "host"]);
    for (module, ..) in build::MODULES {
        command.args(["-p", &format!("{module}-module")]);
    }
    command.args(["--", "-D", "warnings"]);
    command
}

fn end_to_end(tests: &[&str], options: &Options) -> Command {
    let mut command = cargo(&["test", "--locked", "--quiet", "-p", "e2e", "--no-fail-fast"]);
    for test in tests {
        command.args(["--test", test]);
    }
    if options.all {
        command.env("RINGFENCE_ALL", "1");
    }
    if let Some(folder) = &options.crds {
        // The tests run in another folder.
        command.env("RINGFENCE_CRDS", std::path::absolute(folder).unwrap_or_else(|_| folder.clone()));
    }
    command
}

/// The tests of the engine, compiled to WebAssembly and run on Node.js.
fn engine_in_wasm() -> Result<Command> {
    // No `--quiet`: cargo hands it to the runner, which does not know it.
    let (runner, node) = (tools::wasm_bindgen_test_runner()?, tools::node_folder()?);
    let mut command =
        cargo(&["test", "--locked", "-p", "policy", "--lib", "--target", "wasm32-unknown-unknown"]);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(node).chain(std::env::split_paths(&path));
    command.env("PATH", std::env::join_paths(folders).context("the PATH cannot be extended")?);
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner);
    Ok(command)
}

/// The versions of Envoy that every case runs on besides the one that is fetched by default; see docs/compatibility.md.
const OLDER: [&str; 4] = ["1.36.4", "1.37.0", "1.38.2", "1.39.3"];

impl Tally {
    /// Runs tests on this version of Envoy.
    fn on_version(&mut self, version: &str, tests: &[&str], options: &Options) {
        self.part(&format!("Envoy {version}"), |tally| {
            let envoy = envoy::fetch(version)?;
            tally.tests(end_to_end(tests, options).env("ENVOY", envoy));
            Ok(())
        });
    }

    /// Runs a part that can fail before a test of it runs.
    fn part(&mut self, name: &str, part: impl FnOnce(&mut Self) -> Result<()>) {
        if let Err(error) = part(self) {
            eprintln!("{name}: {error:#}");
            self.failed += 1;
            self.failures.push(format!("{name}: {error:#}"));
        }
    }

    /// Runs the compose harness where there is an engine; each row counts as one test.
    fn compose(&mut self) -> Result<()> {
        match compose::Engine::find() {
            Ok(_) => self.tests(Command::new(std::env::current_exe()?).arg("compose")),
            Err(error) => self.left_out.push(format!("the compose harness: {error}")),
        }
        Ok(())
    }

    /// Runs a check, which counts as one test.
    fn check(&mut self, command: &mut Command) {
        let shown = shown(command);
        say(&shown);
        if command.stdin(Stdio::null()).status().is_ok_and(|status| status.success()) {
            self.passed += 1;
        } else {
            self.failed += 1;
            self.failures.push(shown);
        }
    }

    /// Runs tests, and counts what they print.
    fn tests(&mut self, command: &mut Command) {
        let shown = shown(command);
        say(&shown);
        let before = (self.passed, self.failed);
        let success = self.read(command).unwrap_or_else(|error| {
            eprintln!("{shown}: {error:#}");
            false
        });
        if !success || (self.passed, self.failed) == before {
            self.failures.push(shown);
            // A run that ended without telling what failed has failed all the same.
            self.failed = self.failed.max(before.1 + 1);
        }
    }

    fn read(&mut self, command: &mut Command) -> Result<bool> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().context("no output")?;
        for line in BufReader::new(output).split(b'\n') {
            let line = String::from_utf8_lossy(&line?).into_owned();
            println!("{line}");
            if let Some(part) = line.trim().strip_prefix("left out: ") {
                self.left_out.push(part.to_owned());
            }
            let count = |word: &str| {
                let before = line.strip_prefix("test result:")?.split_once(word)?.0;
                before.split([' ', ';', '.']).rfind(|text| !text.is_empty())?.parse::<u64>().ok()
            };
            self.passed += count("passed").unwrap_or_default();
            self.failed += count("failed;").unwrap_or_default();
        }
        Ok(child.wait()?.success())
    }

    fn finish(mut self, options: &Options) -> bool {
        self.left_out.sort();
        self.left_out.dedup();
        for part in &self.left_out {
            println!("left out: {part}");
        }
        for failure in &self.failures {
            println!("failed: {failure}");
        }
        if options.all && !self.left_out.is_empty() {
            self.failed += 1;
        }
        println!("{} passed, {} failed", self.passed, self.failed);
        self.failed == 0
    }
}
