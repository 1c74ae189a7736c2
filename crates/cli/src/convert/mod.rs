//! `ringfence convert`.

use crate::exit::{Exit, Failure};
use crate::output::Format;
use crate::{files, output, policy_file};
use cases::Policy;
use clap::Args;
use convert::Converted;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Policies of others.
#[derive(Debug, Args)]
pub struct Options {
    /// Istio's AuthorizationPolicy and RequestAuthentication of one workload, or the configuration of Envoy's rbac or
    /// jwt_authn filter; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How it is printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// Prints the policy of Ringfence; what does not carry over stands in its comments.
pub fn run(options: &Options) -> Result<Exit, Failure> {
    let as_json = options.format == Format::Json;
    let mut documents = Vec::new();
    for file in files::read(&options.files)? {
        let read = yaml::values(&file.name, &file.text)
            .map_err(|problem| Failure { message: problem.to_string(), exit: Exit::Problems })?;
        documents.extend(read.into_iter().flat_map(items));
    }
    documents.retain(|document| !document.is_null());
    let converted = convert::convert(&documents)
        .map_err(|error| Failure { message: format!("error: {error}"), exit: Exit::Problems })?;
    // What was written must load, whatever stood in the source: a regular expression may not.
    Policy::load(converted.filter, converted.policy.to_string().as_bytes())
        .map_err(|problems| policy_file::refused("the converted policy", &problems, as_json))?;
    if as_json {
        output::json(&object(&converted));
    } else {
        output::text(&converted.text);
    }
    let lost = converted.losses.iter().filter(|loss| loss.contains("not carried over")).count();
    if lost > 0 && !as_json {
        eprintln!("note: not carried over: {lost}; each is a comment, and the policy is stricter there");
    }
    Ok(Exit::Well)
}

/// The documents of a list.
fn items(document: Value) -> Vec<Value> {
    let list = document.get("kind").and_then(Value::as_str).is_some_and(|kind| kind == "List");
    match document.get("items").and_then(Value::as_array).filter(|_| list) {
        Some(items) => items.clone(),
        None => vec![document],
    }
}

fn object(converted: &Converted) -> Value {
    json!({"filter": converted.filter, "policy": converted.policy, "comments": converted.losses})
}
