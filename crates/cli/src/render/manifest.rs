//! The text of the manifests.

use super::options::{FailStrategy, Kind, Options, Phase, Traffic};
use crate::exit::Failure;
use modules::Module;
use yaml::scalar;

/// Returns the manifest that loads the policy.
pub fn render(options: &Options, module: Module, policy: &[String]) -> Result<String, Failure> {
    if let Some(flag) = unused_flag(options) {
        let kind = clap::ValueEnum::to_possible_value(&options.kind);
        let kind = kind.map(|kind| kind.get_name().to_owned()).unwrap_or_default();
        return Err(Failure::usage(format_args!("`{flag}` cannot be used with `--as {kind}`")));
    }
    match options.kind {
        Kind::WasmPlugin => wasm_plugin(options, module, policy),
        Kind::TrafficExtension => traffic_extension(options, module, policy),
        Kind::EnvoyExtensionPolicy => extension_policy(options, module, policy),
        Kind::Envoy => http_filter(options, module, policy),
    }
}

/// Returns a flag that the kind of the manifest does not use.
fn unused_flag(options: &Options) -> Option<&'static str> {
    let istio = matches!(options.kind, Kind::WasmPlugin | Kind::TrafficExtension);
    let envoy = options.kind == Kind::Envoy;
    [
        ("--selector", !istio && !options.selector.is_empty()),
        ("--phase", !istio && options.phase.is_some()),
        ("--traffic", !istio && options.traffic.is_some()),
        ("--target", envoy && !options.target.is_empty()),
        ("--namespace", envoy && options.namespace.is_some()),
        ("--cluster", !envoy && options.cluster.is_some()),
    ]
    .into_iter()
    .find_map(|(flag, given)| given.then_some(flag))
}

/// The lines of a manifest.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn add(&mut self, depth: usize, line: &str) {
        if !line.trim().is_empty() {
            self.0 += &"  ".repeat(depth);
            self.0 += line;
        }
        self.0.push('\n');
    }

    fn field(&mut self, depth: usize, name: &str, text: &str) {
        self.add(depth, &format!("{name}: {}", scalar(text)));
    }

    fn policy(&mut self, depth: usize, policy: &[String]) {
        policy.iter().for_each(|line| self.add(depth, line));
    }
}

fn image(options: &Options) -> Result<&str, Failure> {
    options
        .image
        .as_deref()
        .ok_or_else(|| Failure::usage("the URL of the module is missing; add `--image oci://…`"))
}

fn head(options: &Options, module: Module, version: &str, kind: &str) -> Lines {
    let mut lines = Lines::default();
    lines.field(0, "apiVersion", version);
    lines.field(0, "kind", kind);
    lines.add(0, "metadata:");
    lines.field(1, "name", options.name.as_deref().unwrap_or(module.name()));
    if let Some(namespace) = &options.namespace {
        lines.field(1, "namespace", namespace);
    }
    lines.add(0, "spec:");
    lines
}

/// Adds the selector, the targets and the phase of Istio's objects.
fn istio(lines: &mut Lines, options: &Options) {
    if !options.selector.is_empty() {
        lines.add(1, "selector:");
        lines.add(2, "matchLabels:");
        options.selector.iter().for_each(|(key, value)| lines.field(3, &scalar(key), value));
    }
    targets(lines, options);
    if let Some(phase) = options.phase {
        let phase = match phase {
            Phase::Authn => "AUTHN",
            Phase::Authz => "AUTHZ",
            Phase::Stats => "STATS",
        };
        lines.field(1, "phase", phase);
    }
    if let Some(traffic) = options.traffic {
        let mode = match traffic {
            Traffic::Client => "CLIENT",
            Traffic::Server => "SERVER",
            Traffic::ClientAndServer => "CLIENT_AND_SERVER",
        };
        lines.add(1, "match:");
        lines.field(2, "- mode", mode);
    }
}

fn targets(lines: &mut Lines, options: &Options) {
    if !options.target.is_empty() {
        lines.add(1, "targetRefs:");
    }
    for (kind, name) in &options.target {
        let group = match kind.as_str() {
            "Service" | "Namespace" => "",
            "ServiceEntry" => "networking.istio.io",
            _ => "gateway.networking.k8s.io",
        };
        lines.field(2, "- group", group);
        lines.field(3, "kind", kind);
        lines.field(3, "name", name);
    }
}

/// Adds the module and its policy to Istio's objects.
fn wasm(lines: &mut Lines, depth: usize, options: &Options, policy: &[String]) -> Result<(), Failure> {
    lines.field(depth, "url", image(options)?);
    if let Some(digest) = &options.digest {
        lines.field(depth, "sha256", digest);
    }
    let strategy = match options.fail_strategy {
        FailStrategy::Reload => "FAIL_RELOAD",
        FailStrategy::Close => "FAIL_CLOSE",
        FailStrategy::Open => "FAIL_OPEN",
    };
    lines.field(depth, "failStrategy", strategy);
    lines.add(depth, "pluginConfig:");
    lines.policy(depth + 1, policy);
    Ok(())
}

fn wasm_plugin(options: &Options, module: Module, policy: &[String]) -> Result<String, Failure> {
    let mut lines = head(options, module, "extensions.istio.io/v1alpha1", "WasmPlugin");
    istio(&mut lines, options);
    wasm(&mut lines, 1, options, policy)?;
    Ok(lines.0)
}

fn traffic_extension(options: &Options, module: Module, policy: &[String]) -> Result<String, Failure> {
    let mut lines = head(options, module, "extensions.istio.io/v1alpha1", "TrafficExtension");
    istio(&mut lines, options);
    lines.add(1, "wasm:");
    wasm(&mut lines, 2, options, policy)?;
    Ok(lines.0)
}

fn extension_policy(options: &Options, module: Module, policy: &[String]) -> Result<String, Failure> {
    let image = image(options)?;
    let mut lines = head(options, module, "gateway.envoyproxy.io/v1alpha1", "EnvoyExtensionPolicy");
    if options.target.is_empty() {
        return Err(Failure::usage("the target is missing; add `--target Gateway/NAME`"));
    }
    targets(&mut lines, options);
    lines.add(1, "wasm:");
    lines.field(2, "- name", module.name());
    lines.add(3, "code:");
    // Envoy Gateway expects images without a scheme.
    let (kind, field, url) = match image.strip_prefix("oci://") {
        Some(url) => ("Image", "image", url),
        None if image.starts_with("http://") || image.starts_with("https://") => ("HTTP", "http", image),
        None => {
            return Err(Failure::usage(
                "invalid `--image`; Envoy Gateway loads modules from `oci://…` or `https://…`",
            ));
        }
    };
    lines.field(4, "type", kind);
    lines.add(4, &format!("{field}:"));
    lines.field(5, "url", url);
    if let Some(digest) = &options.digest {
        lines.field(5, "sha256", digest);
    }
    if options.fail_strategy == FailStrategy::Open {
        lines.add(3, "failOpen: true");
    }
    lines.add(3, "config:");
    lines.policy(4, policy);
    Ok(lines.0)
}

fn http_filter(options: &Options, module: Module, policy: &[String]) -> Result<String, Failure> {
    let name = options.name.as_deref().unwrap_or(module.name());
    let mut lines = Lines::default();
    lines.field(0, "name", name);
    lines.add(0, "typed_config:");
    lines.add(1, "\"@type\": type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm");
    lines.add(1, "config:");
    lines.field(2, "name", name);
    let strategy = match options.fail_strategy {
        FailStrategy::Reload => "FAIL_RELOAD",
        FailStrategy::Close => "FAIL_CLOSED",
        FailStrategy::Open => "FAIL_OPEN",
    };
    lines.field(2, "failure_policy", strategy);
    lines.add(2, "vm_config:");
    lines.field(3, "vm_id", name);
    lines.add(3, "runtime: envoy.wasm.runtime.v8");
    code(&mut lines, options, module)?;
    lines.add(2, "configuration:");
    lines.add(3, "\"@type\": type.googleapis.com/google.protobuf.Struct");
    lines.add(3, "value:");
    lines.policy(4, policy);
    Ok(lines.0)
}

/// Adds the source of the module.
fn code(lines: &mut Lines, options: &Options, module: Module) -> Result<(), Failure> {
    let dist = format!("dist/{}", module.file());
    let image = options.image.as_deref().unwrap_or(&dist);
    if image.starts_with("http://") || image.starts_with("https://") {
        let (Some(cluster), Some(digest)) = (&options.cluster, &options.digest) else {
            return Err(Failure::usage("to fetch a module, Envoy needs `--cluster` and `--digest`"));
        };
        lines.add(3, "code:");
        lines.add(4, "remote:");
        lines.add(5, "http_uri:");
        lines.field(6, "uri", image);
        lines.field(6, "cluster", cluster);
        lines.add(6, "timeout: 10s");
        lines.field(5, "sha256", digest);
        return Ok(());
    }
    if image.starts_with("oci://") {
        return Err(Failure::usage("Envoy cannot load images; use a file or `https://…`"));
    }
    lines.add(3, "code:");
    lines.add(4, "local:");
    lines.field(5, "filename", image.strip_prefix("file://").unwrap_or(image));
    Ok(())
}
