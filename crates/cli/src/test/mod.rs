//! `ringfence test`.

mod exercised;
mod json;
mod junit;
mod result;
mod text;

use crate::exit::{Exit, Failure};
use crate::report::{self, Format};
use crate::{output, policy_file};
use cases::{Case, CaseFile, Observed, UPSTREAM_RESPONSE};
use clap::Args;
use exercised::Exercised;
use inspect::{Decided, Policy};
use result::{CaseResult, FileResult};
use std::path::PathBuf;

/// Options of `test`.
#[derive(Debug, Args)]
pub struct Options {
    /// Case files: a policy, or the path of its file, and requests with their expected decisions
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Also write a JUnit report to this file
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Run only the cases whose names contain this text
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    only: String,
    /// The output format
    #[arg(long, value_parser = Format::among(Format::TEXT_OR_JSON), default_value = "text")]
    format: Format,
}

/// Evaluates the cases of the files and prints the results.
pub fn run(options: &Options) -> Result<Exit, Failure> {
    let as_json = options.format == Format::Json;
    let mut exercised: Vec<Exercised> = Vec::new();
    let mut tested = Vec::new();
    for path in &options.files {
        let name = path.display().to_string();
        if !path.exists() {
            return Err(Failure::usage(format_args!("{name}: no such file")));
        }
        let read = CaseFile::read(path).map_err(|error| Failure::problem(format_args!("{name}: {error}")))?;
        let policy = read.load().map_err(|problems| {
            report::refuse(&policy_file::diagnostics(&name, problems), &[], options.format)
        })?;
        let rules = exercised::of(&mut exercised, &read, &name);
        let selected = read.cases.iter().filter(|case| case.name.contains(&options.only));
        let cases = selected.map(|case| outcome(&policy, case, rules)).collect();
        tested.push(FileResult { file: name, cases });
    }
    if let Some(file) = &options.junit {
        std::fs::write(file, junit::report(&tested))
            .map_err(|error| Failure::usage(format_args!("{}: {error}", file.display())))?;
    }
    if as_json {
        output::json(&json::object(&tested, &exercised));
    } else {
        output::coloured(&text::page(&tested, &exercised));
    }
    let all_passed = tested.iter().flat_map(|file| &file.cases).all(CaseResult::passed);
    Ok(if all_passed { Exit::Success } else { Exit::Problems })
}

fn outcome(policy: &Policy, case: &Case, rules: &mut Exercised) -> CaseResult {
    let decided =
        case.as_request().map(|request| policy.decide(&request, inspect::now(), &UPSTREAM_RESPONSE));
    let compare = |decided: Decided| {
        rules.record(&decided);
        case.expect.differences(&Observed::from(&decided))
    };
    CaseResult { name: case.name.clone(), request: case.request.clone(), differences: decided.map(compare) }
}
