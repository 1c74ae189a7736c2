//! `ringfence test`.

mod exercised;
mod json;
mod junit;
mod result;
mod text;

use crate::exit::{Exit, Failure};
use crate::report::Format;
use crate::{case_file, output};
use cases::{Case, Observed, UPSTREAM_RESPONSE};
use clap::Args;
use exercised::Exercised;
use inspect::Policy;
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
    let mut exercised: Vec<Exercised> = Vec::new();
    let mut tested = Vec::new();
    for path in &options.files {
        let (read, policy) = case_file::load(path, options.format)?;
        let file = path.display().to_string();
        let rules = exercised::entry(&mut exercised, &read, &file);
        let selected = read.cases.iter().filter(|case| case.name.contains(&options.only));
        let cases = selected.map(|case| result(&*policy, case, rules)).collect();
        tested.push(FileResult { file, cases });
    }
    if !options.only.is_empty() && tested.iter().all(|file| file.cases.is_empty()) {
        let message = format_args!("no case has a name that contains `{}`", options.only);
        return Err(Failure::usage(message));
    }
    if let Some(file) = &options.junit {
        std::fs::write(file, junit::report(&tested)).map_err(Failure::file(file))?;
    }
    let counts = tested.iter().map(FileResult::counts);
    let (passed, failed) = counts.fold((0, 0), |(passed, failed), file| (passed + file.0, failed + file.1));
    if options.format == Format::Json {
        output::json(&json::object(&tested, (passed, failed), &exercised))?;
    } else {
        output::coloured(&text::page(&tested, (passed, failed), &exercised))?;
    }
    Ok(if failed == 0 { Exit::Success } else { Exit::Problems })
}

fn result(policy: &dyn Policy, case: &Case, rules: &mut Exercised) -> CaseResult {
    let decide = |request| policy.decide(&request, inspect::now(), &UPSTREAM_RESPONSE);
    let compared = case.as_request().map(decide).map(|decided| {
        rules.record(&decided);
        case.expect.differences(&Observed::from(&decided))
    });
    CaseResult {
        name: case.name.clone(),
        request: case.request.clone(),
        passed: compared.as_ref().is_ok_and(Vec::is_empty),
        error: compared.as_ref().err().cloned(),
        differences: compared.unwrap_or_default(),
    }
}
