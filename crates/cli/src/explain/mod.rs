//! `ringfence explain`.

mod access_log;
mod flags;
mod har;
mod json;
mod keys;
mod readings;
mod requests;
mod summary;
mod text;
mod time;

use crate::exit::{Exit, Failure};
use crate::output::Format;
use crate::{output, policy_file};
use cases::{CaseFile, Policy, Request, UPSTREAM_RESPONSE};
use clap::Args;
use std::path::PathBuf;

/// What a policy makes of requests.
#[derive(Debug, Args)]
pub struct Options {
    /// The policy, in YAML or JSON; `-` is standard input.
    #[arg(required_unless_present = "cases", value_name = "FILE")]
    file: Option<PathBuf>,
    /// Whose policy it is: path-policy, …; otherwise the first line `# filter: path-policy` says it, or its fields do.
    #[arg(long)]
    filter: Option<String>,
    #[command(flatten)]
    request: flags::Flags,
    /// Many requests: a list of them, a HAR file, or an access log of Envoy in JSON; `-` is standard input.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["request", "cases"])]
    requests: Option<PathBuf>,
    #[command(flatten)]
    log: access_log::Fields,
    /// Instead of a policy and a request: each case of a case file, a line of JSON each.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["file", "request"])]
    cases: Option<PathBuf>,
    /// Keys in place of those that a provider fetches; of all providers where none is named.
    #[arg(long, value_name = "[PROVIDER=]FILE")]
    jwks: Vec<String>,
    /// The time of the request: RFC 3339, or seconds since 1970; otherwise the clock.
    #[arg(long, value_name = "TIME", value_parser = time::parse)]
    now: Option<u64>,
    /// A header of the upstream's response: what the policy makes of it is shown.
    #[arg(long, value_name = "NAME: VALUE")]
    response_header: Vec<String>,
    /// How it is printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

pub fn run(options: &Options) -> Result<Exit, Failure> {
    let as_json = options.format == Format::Json;
    let now = options.now.unwrap_or_else(cases::now);
    if let Some(file) = &options.cases {
        return explain_cases(file, now, as_json);
    }
    let file = options.file.as_deref().unwrap_or(std::path::Path::new("-"));
    let policy = policy_file::load(file, options.filter.as_deref(), as_json)?;
    let notes = keys::take(&policy, &options.jwks, now)?;
    if let Some(requests) = &options.requests {
        let mut requests = requests::read(requests, &options.log)?;
        if let ([_], true, false) = (requests.asked.as_slice(), requests.skipped.is_empty(), as_json) {
            for asked in requests.asked.drain(..) {
                let explained = Explained::new(&policy, asked.request, now, &[], &notes);
                output::coloured(&text::page(&explained));
            }
            return Ok(Exit::Well);
        }
        return Ok(summary::print(&policy, &requests, now, &notes, as_json));
    }
    let request = options.request.request()?;
    let answered = options.response_header.iter().map(|line| flags::header_text(line));
    let answered = answered.collect::<Result<Vec<_>, Failure>>()?;
    let answered: Vec<(&str, &str)> = answered.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let explained = Explained::new(&policy, request, now, &answered, &notes);
    if as_json {
        output::json(&json::object(&explained));
    } else {
        output::coloured(&text::page(&explained));
    }
    Ok(Exit::Well)
}

/// A request and what came of it.
#[derive(Debug)]
pub struct Explained<'p> {
    policy: &'p Policy,
    request: Request,
    decided: cases::Decided,
    notes: &'p [String],
}

impl<'p> Explained<'p> {
    fn new(
        policy: &'p Policy,
        request: Request,
        now: u64,
        answered: &[(&str, &str)],
        notes: &'p [String],
    ) -> Self {
        let decided = policy.decide(&request, now, answered);
        Self { policy, request, decided, notes }
    }
}

/// Prints a line for each case of a file; what is expected of it is the caller's business.
fn explain_cases(file: &std::path::Path, now: u64, as_json: bool) -> Result<Exit, Failure> {
    if !as_json {
        return Err(Failure::call("--cases goes with --format json; `ringfence test` is for people"));
    }
    let name = file.display().to_string();
    let read = CaseFile::read(file)
        .map_err(|error| Failure { message: format!("{name}: {error}"), exit: Exit::Problems })?;
    let policy = read.load().map_err(|problems| policy_file::refused(&name, &problems, false))?;
    for case in &read.cases {
        let request = case
            .as_request()
            .map_err(|error| Failure { message: format!("{name}: {error}"), exit: Exit::Problems })?;
        let mut object = json::object(&Explained::new(&policy, request, now, &UPSTREAM_RESPONSE, &[]));
        object.insert("name".to_owned(), case.name.as_str().into());
        output::json_line(&object);
    }
    Ok(Exit::Well)
}
