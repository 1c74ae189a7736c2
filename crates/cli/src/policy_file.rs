//! A policy in a file.

use crate::exit::{Exit, Failure};
use crate::files;
use crate::filter::Filter;
use crate::output;
use cases::{FILTERS, Policy};
use diagnostics::Diagnostics;
use policy::document::Problem;
use serde_json::{Value, json};
use std::path::Path;

/// Reads and loads a policy; `-` is standard input. The filter is the one that is named, the one of a first line
/// `# filter: path-policy`, or what the fields are of.
pub fn load(file: &Path, filter: Option<&str>, as_json: bool) -> Result<Policy, Failure> {
    let read = files::read(&[file.to_path_buf()])?;
    let [read] = read.as_slice() else {
        return Err(Failure::call(format_args!("{}: this is a folder: name one policy", file.display())));
    };
    let document =
        document(&read.name, &read.text).map_err(|message| Failure { message, exit: Exit::Problems })?;
    let filter = match filter.or_else(|| named(&read.text)).or_else(|| told_by(&document)) {
        Some(filter) => filter,
        None => {
            let message = "which filter is it of? name it: --filter path-policy";
            return Err(Failure::call(format_args!("{}: {message}", read.name)));
        }
    };
    if !FILTERS.contains(&filter) {
        let help = format!("there are {}", FILTERS.join(", "));
        return Err(Failure::call(format_args!("`{filter}` is no filter: {help}")));
    }
    Policy::load(filter, document.to_string().as_bytes())
        .map_err(|problems| refused(&read.name, &problems, as_json))
}

/// Reads the only document of a file, which is JSON or YAML.
pub fn document(name: &str, text: &str) -> Result<Value, String> {
    let mut documents = yaml::values(name, text).map_err(|error| error.to_string())?;
    match (documents.pop(), documents.is_empty()) {
        (Some(document), true) => Ok(document),
        (None, _) => Err(format!("{name}: the file is empty")),
        _ => Err(format!("{name}: expected one document")),
    }
}

/// The problems of a policy; programs get them where the answer would have been.
pub fn refused(name: &str, problems: &[Problem], as_json: bool) -> Failure {
    let count = crate::problems::count(problems.len());
    if as_json {
        let problem = |problem: &Problem| {
            json!({
                "file": name, "code": problem.code, "path": problem.path,
                "message": problem.message, "help": problem.help,
            })
        };
        output::json(&json!({"problems": problems.iter().map(problem).collect::<Vec<_>>()}));
        return Failure { message: count, exit: Exit::Problems };
    }
    let lines: Vec<String> = problems.iter().map(|problem| format!("{name}: {problem}")).collect();
    Failure { message: format!("{}\n{count}", lines.join("\n")), exit: Exit::Problems }
}

fn named(text: &str) -> Option<&str> {
    text.lines().next()?.strip_prefix("# filter:").map(str::trim)
}

/// The filter whose fields these are.
fn told_by(document: &Value) -> Option<&'static str> {
    let documents = yaml::documents(&document.to_string(), &mut Diagnostics::new(""));
    Filter::of_fields(documents.first()?).map(Filter::name)
}
