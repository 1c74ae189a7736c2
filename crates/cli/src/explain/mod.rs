//! `ringfence explain`.

mod access_log;
mod causes;
mod connection;
mod explained;
mod flags;
mod har;
mod json;
mod keys;
mod readings;
mod request;
mod requests;
mod shown;
mod summary;
mod text;
mod time;

use crate::exit::{Exit, Failure};
use crate::policy_file::{self, PolicyFile};
use crate::report::Format;
use crate::{case_file, flag_value, output};
use cases::UPSTREAM_RESPONSE;
use clap::{ArgGroup, Args};
use explained::Explained;
use modules::Module;
use std::path::{Path, PathBuf};

/// Options of `explain`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("what").args(["request", "requests", "cases"]).required(true)))]
pub struct Options {
    /// The policy, in YAML or JSON; `-` for standard input
    #[arg(required_unless_present = "cases", value_name = "FILE")]
    file: Option<PathBuf>,
    /// The filter of the policy; by default detected from a comment `# filter: NAME`, or from the fields
    #[arg(long, value_parser = flag_value::module(), value_name = "FILTER")]
    filter: Option<Module>,
    #[command(flatten)]
    request: flags::Flags,
    /// A file with many requests: a list, a HAR file, or an access log of Envoy in JSON; `-` for standard input
    #[arg(long, value_name = "FILE")]
    requests: Option<PathBuf>,
    #[command(flatten)]
    log: access_log::Fields,
    /// Explain each case of a case file instead, with one line of JSON for each; the case file names the policy
    #[arg(long, value_name = "FILE")]
    cases: Option<PathBuf>,
    /// A key set to use instead of fetching it; without a name, for all providers; may be repeated
    #[arg(long, value_name = "[PROVIDER=]FILE")]
    jwks: Vec<String>,
    /// The time of the request, in RFC 3339 or as seconds since 1970; by default now
    #[arg(long, value_name = "TIME", value_parser = time::parse)]
    now: Option<u64>,
    /// A header of the upstream's response, to show how the policy changes it; may be repeated
    #[arg(long, value_name = "NAME: VALUE")]
    response_header: Vec<String>,
    /// The output format
    #[arg(long, value_parser = Format::among(Format::TEXT_OR_JSON), default_value = "text")]
    format: Format,
}

/// Prints the decision on a request, or a summary of many.
pub fn run(options: &Options) -> Result<Exit, Failure> {
    let as_json = options.format == Format::Json;
    let now = options.now.unwrap_or_else(inspect::now);
    if let Some(file) = &options.cases {
        if let Some(policy) = &options.file {
            let message = "`--cases` takes no policy: the case file names it";
            return Err(Failure::usage(format_args!("{message}; remove `{}`", policy.display())));
        }
        return explain_cases(file, now, as_json);
    }
    let file = options.file.as_deref().unwrap_or(Path::new("-"));
    let PolicyFile { json, policy, .. } = policy_file::load(file, options.filter, options.format)?;
    let notes = keys::take(&*policy, &options.jwks, now)?;
    if let Some(requests) = &options.requests {
        let mut requests = requests::read(requests, &options.log)?;
        let exit = if requests.read.is_empty() { Exit::Problems } else { Exit::Success };
        if !as_json && requests.skipped.is_empty() && requests.read.len() == 1 {
            for named in requests.read.drain(..) {
                let explained = Explained::new((&*policy, &json), named.request, now, &[], &notes);
                output::coloured(&text::page(&explained))?;
            }
        } else {
            summary::print((&*policy, &json), &requests, now, &notes, as_json)?;
        }
        return Ok(exit);
    }
    let request = options.request.request()?;
    let response = options.response_header.iter().map(|line| inspect::split_header(line));
    let response = response.collect::<Result<Vec<_>, String>>().map_err(Failure::usage)?;
    let explained = Explained::new((&*policy, &json), request, now, &response, &notes);
    if as_json {
        output::json(&json::object(&explained))?;
    } else {
        output::coloured(&text::page(&explained))?;
    }
    Ok(Exit::Success)
}

/// Prints a line of JSON for each case of a file, without the expected decision.
fn explain_cases(file: &Path, now: u64, as_json: bool) -> Result<Exit, Failure> {
    if !as_json {
        return Err(Failure::usage("`--cases` needs `--format json`; use `ringfence test` for text"));
    }
    let (read, policy) = case_file::load(file, Format::Text)?;
    for case in &read.cases {
        let request = case.as_request();
        let request =
            request.map_err(|error| Failure::problem(format_args!("{}: {error}", file.display())))?;
        let mut object =
            json::object(&Explained::new((&*policy, &read.policy), request, now, &UPSTREAM_RESPONSE, &[]));
        object.insert("name".to_owned(), case.name.as_str().into());
        output::json_line(&object)?;
    }
    Ok(Exit::Success)
}
