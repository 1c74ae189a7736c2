//! `ringfence render`.

mod manifest;
mod options;
mod policy;

pub use options::Options;

use crate::exit::{Exit, Failure};
use crate::report::Format;
use crate::{output, policy_file};

/// Prints the manifest that loads a policy.
pub fn run(options: &Options) -> Result<Exit, Failure> {
    let source = policy_file::load(&options.file, options.filter, Format::Text)?;
    let text = manifest::render(options, source.module, &policy::body(&source.file.text))?;
    // The policy is inserted as text: check that the manifest contains what was read.
    let manifest = policy::only(&text).map(|manifest| manifest.json());
    let Some(manifest) = manifest.filter(|manifest| contains(manifest, &source.json)) else {
        let message = "the policy cannot be indented; write it in block style, without anchors";
        return Err(Failure::usage(format_args!("{}: {message}", source.file.name)));
    };
    if options.format == Format::Json {
        output::json(&manifest)?;
    } else {
        output::text(&text)?;
    }
    Ok(Exit::Success)
}

/// Returns true if the manifest contains the policy.
fn contains(manifest: &serde_json::Value, policy: &serde_json::Value) -> bool {
    use serde_json::Value;
    manifest == policy
        || match manifest {
            Value::Object(fields) => fields.values().any(|value| contains(value, policy)),
            Value::Array(items) => items.iter().any(|value| contains(value, policy)),
            _ => false,
        }
}
