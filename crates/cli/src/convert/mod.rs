//! `ringfence convert`.

use crate::exit::{Exit, Failure};
use crate::report::{self, Format};
use crate::{files, output, policy_file};
use clap::Args;
use convert::Converted;
use modules::Module;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Options of `convert`.
#[derive(Debug, Args)]
pub struct Options {
    /// AuthorizationPolicy and RequestAuthentication objects of one workload, or the configuration of Envoy's filter rbac
    /// or jwt_authn; `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The output format
    #[arg(long, value_parser = Format::among(Format::TEXT_OR_JSON), default_value = "text")]
    format: Format,
}

/// Prints the converted policy. Its comments name what could not be converted.
pub fn run(options: &Options) -> Result<Exit, Failure> {
    let mut documents = Vec::new();
    for file in files::read(&options.files)? {
        let values = yaml::values(&file.name, &file.text)
            .map_err(|problem| report::reject(&[*problem], std::slice::from_ref(&file), options.format))?;
        let values: Vec<Value> = values.into_iter().flat_map(items).collect();
        if let Some(module) = values.iter().find_map(own_module) {
            let expected =
                "expected policies of Istio, or the configuration of Envoy's filter rbac or jwt_authn";
            let message = format_args!("{}: {expected}; this is a policy of {module}", file.name);
            return Err(Failure::problem(message));
        }
        documents.extend(values);
    }
    documents.retain(|document| !document.is_null());
    let converted = convert::convert(&documents).map_err(Failure::problem)?;
    // The result may be invalid, such as a regular expression of the source that is too large.
    modules::load(converted.filter, converted.policy.to_string().as_bytes()).map_err(|problems| {
        let problems = policy_file::diagnostics("the converted policy", problems);
        report::reject(&problems, &[], options.format)
    })?;
    let as_json = options.format == Format::Json;
    if as_json {
        let Converted { filter, policy, losses, .. } = &converted;
        output::json(&json!({"filter": filter, "policy": policy, "comments": losses}))?;
    } else {
        output::text(&converted.text)?;
    }
    let lost = converted.losses.iter().filter(|loss| loss.contains("not carried over")).count();
    if lost > 0 && !as_json {
        let note = "not carried over; the comments name them, and the policy is stricter there";
        output::message(format_args!("note: {lost} {note}"));
    }
    Ok(Exit::Success)
}

/// Returns the module of a policy of Ringfence.
fn own_module(document: &Value) -> Option<Module> {
    let is_valid = |module: &Module| module.load(document.to_string().as_bytes()).is_ok();
    // The configuration of jwt_authn has `providers` too.
    Module::identify(document).filter(|module| *module != Module::TokenValidation || is_valid(module))
}

/// Returns the items of a Kubernetes list; otherwise the document itself.
fn items(document: Value) -> Vec<Value> {
    match document.get("items") {
        Some(Value::Array(items)) if document.get("kind").is_some_and(|kind| kind == "List") => items.clone(),
        _ => vec![document],
    }
}
