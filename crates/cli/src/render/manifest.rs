//! The manifests that load a policy.

use super::options::{FailStrategy, Kind, Options};
use crate::exit::Failure;
use clap::ValueEnum;
use modules::Module;
use yaml::{Yaml, scalar};

type Fields = Vec<(&'static str, Yaml)>;

/// The placeholder of the policy, which is the last field of each manifest.
const POLICY: &str = "POLICY";

/// Returns the manifest that loads the policy.
pub fn render(options: &Options, module: Module, policy: &str) -> Result<String, Failure> {
    if let Some(flag) = unused_flag(options) {
        let kind = value_name(&options.kind);
        return Err(Failure::usage(format_args!("`{flag}` cannot be used with `--as {kind}`")));
    }
    let name = options.name.as_deref().unwrap_or(module.name());
    let (version, kind, spec): (_, _, Fields) = match options.kind {
        Kind::WasmPlugin => {
            let spec = istio(options).into_iter().chain(istio_wasm(options)?).collect();
            ("extensions.istio.io/v1alpha1", "WasmPlugin", spec)
        }
        Kind::TrafficExtension => {
            let wasm = ("wasm", Yaml::map(istio_wasm(options)?));
            let spec = istio(options).into_iter().chain([wasm]).collect();
            ("extensions.istio.io/v1alpha1", "TrafficExtension", spec)
        }
        Kind::EnvoyExtensionPolicy => {
            let spec = envoy_gateway(options, module)?;
            ("gateway.envoyproxy.io/v1alpha1", "EnvoyExtensionPolicy", spec)
        }
        Kind::Envoy => return Ok(insert(&http_filter(options, module, name)?, policy)),
    };
    let namespace = options.namespace.as_deref().map(|namespace| ("namespace", text(namespace)));
    let metadata = [("name", text(name))].into_iter().chain(namespace);
    let manifest = Yaml::map([
        ("apiVersion", text(version)),
        ("kind", text(kind)),
        ("metadata", Yaml::map(metadata)),
        ("spec", Yaml::map(spec)),
    ]);
    Ok(insert(&manifest.document(), policy))
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

/// Returns the text of the manifest with the lines of the policy, which keep their comments.
fn insert(manifest: &str, policy: &str) -> String {
    let mut text = manifest.trim_end().trim_end_matches(POLICY).trim_end().to_owned();
    let last = text.lines().last().unwrap_or_default();
    let indent = " ".repeat(2 + last.len() - last.trim_start().len());
    for line in policy.lines() {
        text.push('\n');
        if !line.trim().is_empty() {
            text += &format!("{indent}{line}");
        }
    }
    text + "\n"
}

fn text(text: &str) -> Yaml {
    Yaml::Flow(text.into())
}

/// Returns the name of a flag's value, which is that of the manifest's field.
fn value_name(value: &impl ValueEnum) -> String {
    value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

fn image(options: &Options) -> Result<&str, Failure> {
    let missing = || Failure::usage("the URL of the module is missing; add `--image oci://…`");
    options.image.as_deref().ok_or_else(missing)
}

/// Returns the fields of Istio's objects that select workloads.
fn istio(options: &Options) -> Fields {
    let labels = options.selector.iter().map(|(key, value)| (key.as_str(), text(value)));
    let selector = || ("selector", Yaml::map([("matchLabels", Yaml::map(labels))]));
    let selector = (!options.selector.is_empty()).then(selector);
    let phase = options.phase.map(|phase| ("phase", text(&value_name(&phase))));
    let mode = |traffic| Yaml::map([("mode", text(&value_name(&traffic)))]);
    let traffic = options.traffic.map(|traffic| ("match", Yaml::list([mode(traffic)])));
    [selector, targets(options), phase, traffic].into_iter().flatten().collect()
}

fn targets(options: &Options) -> Option<(&'static str, Yaml)> {
    let target = |(kind, name): &(String, String)| {
        let group = match kind.as_str() {
            "Service" | "Namespace" => "",
            "ServiceEntry" => "networking.istio.io",
            _ => "gateway.networking.k8s.io",
        };
        Yaml::map([("group", text(group)), ("kind", text(kind)), ("name", text(name))])
    };
    (!options.target.is_empty()).then(|| ("targetRefs", Yaml::list(options.target.iter().map(target))))
}

/// Returns the fields of Istio's objects that load the module.
fn istio_wasm(options: &Options) -> Result<Fields, Failure> {
    let mut fields = vec![("url", text(image(options)?))];
    fields.extend(options.digest.as_deref().map(|digest| ("sha256", text(digest))));
    fields.push(("failStrategy", text(&value_name(&options.fail_strategy))));
    fields.push(("pluginConfig", text(POLICY)));
    Ok(fields)
}

/// Returns the fields of an EnvoyExtensionPolicy.
fn envoy_gateway(options: &Options, module: Module) -> Result<Fields, Failure> {
    let image = image(options)?;
    let missing = || Failure::usage("the target is missing; add `--target Gateway/NAME`");
    let targets = targets(options).ok_or_else(missing)?;
    // Envoy Gateway expects images without a scheme.
    let (kind, field, url) = match image.strip_prefix("oci://") {
        Some(url) => ("Image", "image", url),
        None if image.starts_with("http://") || image.starts_with("https://") => ("HTTP", "http", image),
        None => {
            let message = "invalid `--image`; Envoy Gateway loads modules from `oci://…` or `https://…`";
            return Err(Failure::usage(message));
        }
    };
    let digest = options.digest.as_deref().map(|digest| ("sha256", text(digest)));
    let source = Yaml::map([("url", text(url))].into_iter().chain(digest));
    let mut wasm =
        vec![("name", text(module.name())), ("code", Yaml::map([("type", text(kind)), (field, source)]))];
    if options.fail_strategy == FailStrategy::Open {
        wasm.push(("failOpen", Yaml::Flow(true.into())));
    }
    wasm.push(("config", text(POLICY)));
    Ok(vec![targets, ("wasm", Yaml::list([Yaml::map(wasm)]))])
}

/// Returns an HTTP filter of an Envoy bootstrap.
fn http_filter(options: &Options, module: Module, name: &str) -> Result<String, Failure> {
    let strategy = match options.fail_strategy {
        FailStrategy::Close => "FAIL_CLOSED".to_owned(),
        strategy => value_name(&strategy),
    };
    let (name, code) = (scalar(name), code(options, module)?);
    Ok(format!(
        "\
name: {name}
typed_config:
  \"@type\": type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm
  config:
    name: {name}
    failure_policy: {strategy}
    vm_config:
      vm_id: {name}
      runtime: envoy.wasm.runtime.v8
      code:
        {code}
    configuration:
      \"@type\": type.googleapis.com/google.protobuf.Struct
      value: {POLICY}
"
    ))
}

/// Returns the source of the module.
fn code(options: &Options, module: Module) -> Result<String, Failure> {
    let dist = format!("dist/{}", module.file());
    let image = options.image.as_deref().unwrap_or(&dist);
    if image.starts_with("http://") || image.starts_with("https://") {
        let (Some(cluster), Some(digest)) = (&options.cluster, &options.digest) else {
            return Err(Failure::usage("to fetch a module, Envoy needs `--cluster` and `--digest`"));
        };
        let (uri, cluster, digest) = (scalar(image), scalar(cluster), scalar(digest));
        return Ok(format!(
            "\
remote:
          http_uri:
            uri: {uri}
            cluster: {cluster}
            timeout: 10s
          sha256: {digest}"
        ));
    }
    if image.starts_with("oci://") {
        return Err(Failure::usage("Envoy cannot load images; use a file or `https://…`"));
    }
    let file = scalar(image.strip_prefix("file://").unwrap_or(image));
    Ok(format!("local:\n          filename: {file}"))
}
