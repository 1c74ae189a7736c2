//! `ringfence test`.

mod exercised;
mod json;
mod junit;
mod text;

use crate::exit::{Exit, Failure};
use crate::output::Format;
use crate::{output, policy_file};
use cases::{Case, CaseFile, Decided, Difference, Policy, UPSTREAM_RESPONSE};
use clap::Args;
use exercised::Exercised;
use std::path::PathBuf;

/// Cases of one's own.
#[derive(Debug, Args)]
pub struct Options {
    /// Case files: a policy, or the name of its file, and requests with what is expected of them.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Writes the outcome to this file too, as JUnit has it.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Only the cases whose name has this in it.
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
    /// How it is printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// What came of a file.
#[derive(Debug)]
struct Tested {
    file: String,
    cases: Vec<Outcome>,
}

/// What came of a case.
#[derive(Debug)]
struct Outcome {
    name: String,
    request: String,
    /// What differs, or why the case cannot be run.
    differences: Result<Vec<Difference>, String>,
}

impl Outcome {
    fn holds(&self) -> bool {
        self.differences.as_ref().is_ok_and(Vec::is_empty)
    }
}

/// Holds the cases of files against the engine.
pub fn run(options: &Options) -> Result<Exit, Failure> {
    let as_json = options.format == Format::Json;
    let mut exercised: Vec<Exercised> = Vec::new();
    let mut tested = Vec::new();
    for path in &options.files {
        let name = path.display().to_string();
        if !path.exists() {
            return Err(Failure::call(format_args!("{name}: there is no such file")));
        }
        let read = CaseFile::read(path)
            .map_err(|error| Failure { message: format!("{name}: {error}"), exit: Exit::Problems })?;
        let policy = read.load().map_err(|problems| policy_file::refused(&name, &problems, as_json))?;
        let rules = exercised::of(&mut exercised, &read, &name);
        let wanted = read.cases.iter().filter(|case| case.name.contains(&options.only));
        let cases = wanted.map(|case| outcome(&policy, case, rules)).collect();
        tested.push(Tested { file: name, cases });
    }
    if let Some(file) = &options.junit {
        std::fs::write(file, junit::report(&tested))
            .map_err(|error| Failure::call(format_args!("{}: {error}", file.display())))?;
    }
    if as_json {
        output::json(&json::object(&tested, &exercised));
    } else {
        output::coloured(&text::page(&tested, &exercised));
    }
    let all_hold = tested.iter().flat_map(|file| &file.cases).all(Outcome::holds);
    Ok(if all_hold { Exit::Well } else { Exit::Problems })
}

fn outcome(policy: &Policy, case: &Case, rules: &mut Exercised) -> Outcome {
    let decided = case.as_request().map(|request| policy.decide(&request, cases::now(), &UPSTREAM_RESPONSE));
    let compare = |decided: Decided| {
        rules.note(&decided);
        case.expect.differences(&decided.observed())
    };
    Outcome { name: case.name.clone(), request: case.request.clone(), differences: decided.map(compare) }
}
