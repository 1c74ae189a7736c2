//! The options of `render`.

use crate::flag_value;
use crate::report::Format;
use clap::{Args, ValueEnum};
use modules::Module;
use std::path::PathBuf;

/// Options of `render`.
#[derive(Debug, Args)]
pub struct Options {
    /// The policy: a file, or `-` for standard input
    pub file: PathBuf,
    /// The kind of the manifest
    #[arg(long = "as", value_enum, value_name = "KIND")]
    pub kind: Kind,
    /// The filter of the policy; by default detected from a comment `# filter: NAME`, or from the fields
    #[arg(long, value_parser = flag_value::module(), value_name = "FILTER")]
    pub filter: Option<Module>,
    /// The name of the object; by default that of the filter
    #[arg(long)]
    pub name: Option<String>,
    /// The namespace of the object
    #[arg(long)]
    pub namespace: Option<String>,
    /// The URL of the module: `oci://…`, `https://…` or `file:///…`; for Envoy also a file
    #[arg(long, value_name = "URL")]
    pub image: Option<String>,
    /// The SHA-256 of the module or image, in hex, with or without the prefix `sha256:`
    #[arg(long, value_name = "SHA256", value_parser = inspect::sha256)]
    pub digest: Option<String>,
    /// A label of the selected pods, such as `app=web`; may be repeated
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair('=', "write a label and its value, such as `app=web`"))]
    pub selector: Vec<(String, String)>,
    /// The object that the module is attached to, such as `Gateway/web`; may be repeated
    #[arg(long, value_name = "KIND/NAME", value_parser = pair('/', "write a kind and a name, such as `Gateway/web`"))]
    pub target: Vec<(String, String)>,
    /// The phase in Istio's filter chain
    #[arg(long, value_enum, ignore_case = true)]
    pub phase: Option<Phase>,
    /// What happens to requests if the module fails
    #[arg(long, value_enum, ignore_case = true, value_name = "STRATEGY", default_value = "FAIL_RELOAD")]
    pub fail_strategy: FailStrategy,
    /// The direction of the traffic; for a gateway `CLIENT`
    #[arg(long, value_enum, ignore_case = true)]
    pub traffic: Option<Traffic>,
    /// The cluster that Envoy fetches the module from
    #[arg(long, value_name = "CLUSTER")]
    pub cluster: Option<String>,
    /// The output format
    #[arg(long, value_parser = Format::among(&[Format::Yaml, Format::Json]), default_value = "yaml")]
    pub format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// WasmPlugin of Istio
    #[value(name = "wasmplugin")]
    WasmPlugin,
    /// TrafficExtension of Istio 1.30 or later
    #[value(name = "trafficextension")]
    TrafficExtension,
    /// EnvoyExtensionPolicy of Envoy Gateway
    #[value(name = "envoyextensionpolicy")]
    EnvoyExtensionPolicy,
    /// An HTTP filter of an Envoy bootstrap
    Envoy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Phase {
    /// Before Istio's authentication
    Authn,
    /// Before Istio's authorization
    Authz,
    /// Before Istio's metrics
    Stats,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailStrategy {
    /// Requests are denied until a new VM is loaded
    #[value(name = "FAIL_RELOAD")]
    Reload,
    /// Requests are denied
    #[value(name = "FAIL_CLOSE")]
    Close,
    /// Requests pass unchecked
    #[value(name = "FAIL_OPEN")]
    Open,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Traffic {
    /// Requests that the pods send
    Client,
    /// Requests that the pods receive
    Server,
    /// Both
    ClientAndServer,
}

/// Returns a parser of two texts with a sign between them.
fn pair(
    sign: char,
    help: &'static str,
) -> impl Fn(&str) -> Result<(String, String), &'static str> + Clone + Send + Sync {
    move |text| match text.split_once(sign) {
        Some((first, second)) if !first.is_empty() => Ok((first.to_owned(), second.to_owned())),
        _ => Err(help),
    }
}
