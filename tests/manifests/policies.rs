//! The request policies in manifests: the engine loads them, and copies of a policy are equal.

use crate::files::{documents, files, name};
use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value, json};
use testkit::workspace::root;

/// A module that a manifest loads.
#[derive(Debug)]
pub struct Loaded<'m> {
    /// The filter, such as `path-policy`.
    pub filter: String,
    /// Its configuration.
    pub policy: &'m Value,
}

/// Returns the modules that a manifest loads; none for other kinds.
pub fn loaded(manifest: &Value) -> Result<Vec<Loaded<'_>>> {
    let one = |url: &Value, policy| {
        let url = url.as_str().context("no url")?;
        let file = url.rsplit('/').next().unwrap_or(url);
        // A file, `path_policy.wasm`, or an image, `path-policy:0.1.0`.
        let filter = file.split([':', '@', '.']).next().unwrap_or(file).replace('_', "-");
        Ok(Loaded { filter, policy })
    };
    let spec = &manifest["spec"];
    match manifest["kind"].as_str() {
        Some("WasmPlugin") => Ok(vec![one(&spec["url"], &spec["pluginConfig"])?]),
        Some("TrafficExtension") => Ok(vec![one(&spec["wasm"]["url"], &spec["wasm"]["pluginConfig"])?]),
        Some("EnvoyExtensionPolicy") => {
            let modules = spec["wasm"].as_array().context("no modules")?;
            modules.iter().map(|module| one(&module["code"]["image"]["url"], &module["config"])).collect()
        }
        _ => Ok(Vec::new()),
    }
}

/// Checks the traffic mode: Istio treats all traffic of a gateway as outbound, so a policy with `mode: SERVER` never runs there.
fn check_mode(manifest: &Value) -> Result<()> {
    let spec = &manifest["spec"];
    let gateway =
        spec["selector"]["matchLabels"]["istio"] == "ingressgateway" || spec["targetRefs"].is_array();
    let server = spec["match"].as_array().into_iter().flatten().any(|selector| selector["mode"] == "SERVER");
    ensure!(!(gateway && server), "with `mode: SERVER` it does nothing at a gateway");
    Ok(())
}

/// Checks that the engine loads the policies of a manifest.
pub fn check_loads(manifests: &[Value]) -> Result<()> {
    for manifest in manifests {
        let title = || format!("{} {}", manifest["kind"], manifest["metadata"]["name"]);
        check_mode(manifest).with_context(title)?;
        for Loaded { filter, policy } in loaded(manifest).with_context(title)? {
            let problems = modules::load(&filter, policy.to_string().as_bytes()).err().unwrap_or_default();
            let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
            ensure!(problems.is_empty(), "{}: {}", title(), problems.join("\n"));
        }
    }
    Ok(())
}

/// Checks the policies of every file.
pub fn check_files() -> Result<()> {
    for file in files(&root().join("examples"))? {
        check_loads(&documents(&file)?).with_context(|| name(&file))?;
    }
    Ok(())
}

/// Reads the first document of an example file.
fn read(file: &str) -> Result<Value> {
    documents(&root().join("examples").join(file))?.first().cloned().context(file.to_owned())
}

/// Checks that both manifests of Bookinfo have its policy.
pub fn check_bookinfo() -> Result<()> {
    let policy = read("bookinfo/policy.yaml")?;
    for file in ["wasmplugin", "trafficextension"] {
        let manifest = read(&format!("bookinfo/gateway/{file}.yaml"))?;
        let [module] =
            loaded(&manifest)?.try_into().map_err(|_| anyhow::anyhow!("{file}.yaml has not one module"))?;
        ensure!(*module.policy == policy, "the policy of {file}.yaml differs");
    }
    Ok(())
}

/// Converts a WasmPlugin to a TrafficExtension.
fn as_traffic_extension(mut plugin: Value) -> Result<Value> {
    let fields = plugin["spec"].as_object_mut().context("no spec")?;
    let outside = ["selector", "targetRefs", "phase", "priority", "match"];
    let (spec, wasm): (Map<_, _>, Map<_, _>) =
        std::mem::take(fields).into_iter().partition(|(field, _)| outside.contains(&field.as_str()));
    *fields = spec;
    fields.insert("wasm".to_owned(), Value::Object(wasm));
    plugin["kind"] = json!("TrafficExtension");
    Ok(plugin)
}

/// Checks that the overlays for Istio up to 1.29 and from 1.30 are equivalent.
pub fn check_pairs() -> Result<()> {
    let overlays = root().join("examples/istio-ingress/overlays");
    let mut pairs = 0;
    for file in files(&overlays)? {
        for plugin in documents(&file)?.into_iter().filter(|document| document["kind"] == "WasmPlugin") {
            let folder = file.parent().context("no folder")?;
            let other =
                folder.with_file_name(format!("{}-trafficextension", folder.file_name().unwrap().display()));
            let file =
                file.file_name().unwrap().display().to_string().replace("wasmplugin", "trafficextension");
            let other = documents(&other.join(file))?;
            ensure!(other == [as_traffic_extension(plugin)?], "{} differs", name(folder));
            pairs += 1;
        }
    }
    ensure!(pairs == 6, "{pairs} pairs");
    Ok(())
}

/// Checks that the four modules have the policies of ringfence and run in the order of its sections.
pub fn check_chain() -> Result<()> {
    let whole = read("istio-ingress/overlays/ringfence/wasmplugin.yaml")?;
    let mut chain = Vec::new();
    for (section, filter) in [
        ("vhost", "vhost-policy"),
        ("path", "path-policy"),
        ("token", "token-validation"),
        ("header", "header-policy"),
    ] {
        let module = read(&format!("istio-ingress/overlays/modules/{filter}.yaml"))?;
        let spec = &module["spec"];
        ensure!(spec["pluginConfig"] == whole["spec"]["pluginConfig"][section], "{filter} differs");
        ensure!(spec["selector"] == whole["spec"]["selector"], "{filter} is elsewhere");
        let phase = ["AUTHN", "AUTHZ", "STATS"].iter().position(|phase| spec["phase"] == *phase);
        // The highest priority runs first.
        chain.push((phase.context("no phase")?, -spec["priority"].as_i64().context("no priority")?));
    }
    ensure!(chain.is_sorted() && chain.windows(2).all(|pair| pair[0] != pair[1]), "the order is {chain:?}");
    Ok(())
}

/// Checks that the clusters of key servers are created by a ServiceEntry and a DestinationRule with TLS.
pub fn check_clusters(built: &[Value]) -> Result<()> {
    for manifest in built {
        for module in loaded(manifest)? {
            let token = if module.filter == "ringfence" { &module.policy["token"] } else { module.policy };
            for provider in token["providers"].as_object().into_iter().flat_map(Map::values) {
                let remote = &provider["jwks"]["remote"];
                let Some(cluster) = remote["cluster"].as_str() else { continue };
                let [_, port, _, host] = cluster.split('|').collect::<Vec<_>>()[..] else {
                    anyhow::bail!("`{cluster}` is not a cluster of Istio");
                };
                let (port, namespace) = (json!(port.parse::<u16>()?), &manifest["metadata"]["namespace"]);
                let uri = remote["uri"].as_str().unwrap_or_default();
                ensure!(uri.starts_with(&format!("https://{host}/")), "`{uri}` is not of {host}");
                let of = |kind: &'static str| {
                    built
                        .iter()
                        .filter(move |m| m["kind"] == kind && m["metadata"]["namespace"] == *namespace)
                };
                let entry = of("ServiceEntry").any(|entry| {
                    entry["spec"]["hosts"] == json!([host]) && entry["spec"]["ports"][0]["number"] == port
                });
                ensure!(entry, "no ServiceEntry in {namespace} makes `{cluster}`");
                let tls = of("DestinationRule").filter(|rule| rule["spec"]["host"] == host).any(|rule| {
                    let settings = &rule["spec"]["trafficPolicy"]["portLevelSettings"][0];
                    settings["port"]["number"] == port
                        && settings["tls"]["mode"] == "SIMPLE"
                        && settings["tls"]["subjectAltNames"] == json!([host])
                });
                ensure!(tls, "no DestinationRule in {namespace} has TLS for `{cluster}`");
            }
        }
    }
    Ok(())
}
