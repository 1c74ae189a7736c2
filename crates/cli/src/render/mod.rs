//! `ringfence render`.

mod manifest;
mod policy;

use crate::exit::{Exit, Failure};
use crate::filter::Filter;
use crate::{files, output, validate};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// What loads a policy.
#[derive(Debug, Args)]
pub struct Options {
    /// The policy: a file, or `-` for standard input.
    file: PathBuf,
    /// What it becomes.
    #[arg(long = "as", value_enum, value_name = "KIND")]
    kind: Kind,
    /// The filter that the policy is for; without it a comment `# filter: NAME` or the fields tell.
    #[arg(long, value_enum, value_name = "FILTER")]
    filter: Option<Filter>,
    /// The name of the object; without it that of the filter.
    #[arg(long)]
    name: Option<String>,
    /// The namespace of the object.
    #[arg(long)]
    namespace: Option<String>,
    /// Where the module is: `oci://…`, `https://…`, `file:///…`, and for Envoy a file's name.
    #[arg(long, value_name = "URL")]
    image: Option<String>,
    /// The SHA-256 of the module, in hex, with or without `sha256:` before it.
    #[arg(long, value_name = "SHA256", value_parser = digest)]
    digest: Option<String>,
    /// A label of the pods that it is for, `app=web`; may be repeated.
    #[arg(long, value_name = "KEY=VALUE", value_parser = label)]
    selector: Vec<(String, String)>,
    /// What it is attached to, `Gateway/web`; may be repeated.
    #[arg(long, value_name = "KIND/NAME", value_parser = target)]
    target: Vec<(String, String)>,
    /// Where it stands among the filters of Istio.
    #[arg(long, value_enum, ignore_case = true)]
    phase: Option<Phase>,
    /// What happens where the module fails.
    #[arg(long, value_enum, ignore_case = true, value_name = "STRATEGY", default_value = "FAIL_RELOAD")]
    fail_strategy: FailStrategy,
    /// The traffic that it is for: of a gateway `CLIENT`.
    #[arg(long, value_enum, ignore_case = true)]
    traffic: Option<Traffic>,
    /// The cluster that Envoy fetches the module from.
    #[arg(long, value_name = "CLUSTER")]
    cluster: Option<String>,
    /// How it is printed.
    #[arg(long, value_enum, default_value = "yaml")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// WasmPlugin of Istio.
    #[value(name = "wasmplugin")]
    WasmPlugin,
    /// TrafficExtension of Istio, from 1.30 on.
    #[value(name = "trafficextension")]
    TrafficExtension,
    /// EnvoyExtensionPolicy of Envoy Gateway.
    #[value(name = "envoyextensionpolicy")]
    EnvoyExtensionPolicy,
    /// An HTTP filter of Envoy.
    Envoy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "SCREAMING_SNAKE_CASE")]
enum Phase {
    /// Before Istio's authentication.
    Authn,
    /// Before Istio's authorization.
    Authz,
    /// Before Istio's metrics.
    Stats,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailStrategy {
    /// A new VM is loaded; until then no request passes.
    #[value(name = "FAIL_RELOAD")]
    Reload,
    /// No request passes.
    #[value(name = "FAIL_CLOSE")]
    Close,
    /// Every request passes, unchecked.
    #[value(name = "FAIL_OPEN")]
    Open,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "SCREAMING_SNAKE_CASE")]
enum Traffic {
    /// What the pods send.
    Client,
    /// What the pods get.
    Server,
    /// Both.
    ClientAndServer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// With the comments of the policy.
    Yaml,
    /// For programs.
    Json,
}

pub fn run(options: &Options) -> Result<Exit, Failure> {
    let files = files::read(std::slice::from_ref(&options.file))?;
    let [file] = &files[..] else {
        return Err(Failure::call(format_args!("{}: a policy is one file", options.file.display())));
    };
    let filter = validate::policy_of(file, options.filter)?;
    let text = manifest::render(options, filter, &policy::lines(&file.text))?;
    // Whatever the policy is written like, what is loaded is what was read.
    let made = policy::only(&text);
    let same = made.as_ref().zip(policy::only(&file.text));
    let (Some(made), true) =
        (&made, same.is_some_and(|(made, policy)| contains(&made.json(), &policy.json())))
    else {
        let message = "this policy cannot be indented: write it in plain block style, without anchors";
        return Err(Failure::call(format_args!("{}: {message}", file.name)));
    };
    match options.format {
        Format::Yaml => output::text(&text),
        Format::Json => output::json(&made.json()),
    }
    Ok(Exit::Well)
}

/// Whether the policy stands somewhere in the manifest.
fn contains(manifest: &serde_json::Value, policy: &serde_json::Value) -> bool {
    use serde_json::Value;
    manifest == policy
        || match manifest {
            Value::Object(fields) => fields.values().any(|value| contains(value, policy)),
            Value::Array(items) => items.iter().any(|value| contains(value, policy)),
            _ => false,
        }
}

fn digest(text: &str) -> Result<String, String> {
    let hex = text.strip_prefix("sha256:").unwrap_or(text);
    let valid = hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    if valid { Ok(hex.to_ascii_lowercase()) } else { Err("write 64 hex digits".to_owned()) }
}

fn label(text: &str) -> Result<(String, String), String> {
    pair(text, '=').ok_or("write a label and its value: `app=web`".to_owned())
}

fn target(text: &str) -> Result<(String, String), String> {
    pair(text, '/').ok_or("write a kind and a name: `Gateway/web`".to_owned())
}

fn pair(text: &str, sign: char) -> Option<(String, String)> {
    let (first, second) = text.split_once(sign).filter(|(first, _)| !first.is_empty())?;
    Some((first.to_owned(), second.to_owned()))
}
