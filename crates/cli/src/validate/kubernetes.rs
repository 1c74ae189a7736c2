//! Checks the Kubernetes objects that load a module.

use super::envoy::{OF_FILE, OF_IMAGE, fail_open, missing_policy, missing_sha256, plugin};
use super::plugin::{self, MISSPELLED, plugins};
use super::scene::Scene;
use super::vocabulary::{choice, known};
use super::{bypass, policy};
use diagnostics::{did_you_mean, distance};
use modules::Module;
use yaml::{Data, Node};

/// The fields of `spec` of a WasmPlugin and of `spec.wasm` of a TrafficExtension.
const WASM: [&str; 10] = [
    "url",
    "sha256",
    "imagePullPolicy",
    "imagePullSecret",
    "verificationKey",
    "pluginConfig",
    "pluginName",
    "failStrategy",
    "vmConfig",
    "type",
];
const WASM_PLUGIN: [&str; 6] = ["selector", "targetRef", "targetRefs", "match", "phase", "priority"];
const TRAFFIC_EXTENSION: [&str; 7] = ["selector", "targetRefs", "match", "phase", "priority", "wasm", "lua"];
const EXTENSION_POLICY: [&str; 8] =
    ["targetRef", "targetRefs", "targetSelectors", "wasm", "extProc", "lua", "dynamicModule", "mergeType"];
const EXTENSION: [&str; 6] = ["name", "rootID", "code", "config", "failOpen", "env"];

/// Checks an object of a kind that loads modules.
pub fn object(scene: &mut Scene<'_>, object: &Node) {
    let kind = object.get("kind").and_then(Node::text).unwrap_or_default();
    let Some(spec) = object.get("spec").or_else(|| object.get("items")) else { return };
    match kind {
        "WasmPlugin" => {
            let Some(module) = module_of(scene, object, spec) else { return };
            known(scene, spec, &[&WASM[..], &WASM_PLUGIN].concat());
            choice(scene, spec.get("phase"), &["AUTHN", "AUTHZ", "STATS", "UNSPECIFIED_PHASE"]);
            wasm(scene, module, spec);
        }
        "TrafficExtension" => {
            let Some(inner) = spec.get("wasm") else { return };
            let Some(module) = module_of(scene, object, inner) else { return };
            known(scene, spec, &TRAFFIC_EXTENSION);
            choice(scene, spec.get("phase"), &["AUTHN", "AUTHZ", "STATS", "UNSPECIFIED"]);
            known(scene, inner, &WASM);
            wasm(scene, module, inner);
        }
        "EnvoyExtensionPolicy" => {
            known(scene, spec, &EXTENSION_POLICY);
            let items = spec.get("wasm").map(Node::items).unwrap_or_default();
            items.iter().for_each(|item| extension(scene, item));
        }
        "EnvoyFilter" => {
            bypass::check(scene, spec);
            let patches = spec.get("configPatches").map(Node::items).unwrap_or_default();
            patches.iter().for_each(|patch| place(scene, patch));
            plugins(spec).into_iter().for_each(|found| plugin(scene, found));
        }
        "List" => spec.items().iter().for_each(|item| self::object(scene, item)),
        _ => misspelled(scene, object, kind),
    }
}

/// The kinds that load a module.
const KINDS: [&str; 4] = ["WasmPlugin", "TrafficExtension", "EnvoyExtensionPolicy", "EnvoyFilter"];

/// Reports a misspelled kind. Objects of other kinds are skipped.
fn misspelled(scene: &mut Scene<'_>, object: &Node, kind: &str) {
    let is_near = |known: &&str| distance(kind, known) <= MISSPELLED;
    if let (Some(known), Some(node)) = (KINDS.into_iter().find(is_near), object.get("kind")) {
        let help = did_you_mean(kind, [known]);
        scene.found.error(node.span, "unknown_value", format!("unknown kind `{kind}`"), help);
    }
}

/// Returns the help for manifests that load no module.
pub fn without_module() -> String {
    let kinds = KINDS.join("`, `");
    format!("no object loads a module of Ringfence; the kinds that load one are `{kinds}`")
}

/// Checks the place of the modules that an item of `configPatches` inserts.
fn place(scene: &mut Scene<'_>, item: &Node) {
    let Some(operation) = item.get("patch").and_then(|patch| patch.get("operation")) else { return };
    let at = ["match", "listener", "filterChain", "filter", "subFilter", "name"];
    let at = at.into_iter().try_fold(item, |node, name| node.get(name)).and_then(Node::text);
    let is_late = operation.text() == Some("INSERT_AFTER") && at == Some(bypass::ROUTER);
    if is_late && plugins(item).into_iter().any(|plugin| plugin::module_of(scene, plugin).is_some()) {
        bypass::after_router(scene, operation.span);
    }
}

fn module_of(scene: &Scene<'_>, object: &Node, wasm: &Node) -> Option<Module> {
    let name = object.get("metadata").and_then(|metadata| metadata.get("name"));
    let names = [wasm.get("url"), wasm.get("pluginName"), name].into_iter().flatten();
    scene.module_of(names, wasm.get("pluginConfig"))
}

/// Checks the fields that a WasmPlugin and a TrafficExtension share.
fn wasm(scene: &mut Scene<'_>, module: Module, wasm: &Node) {
    let strategy = wasm.get("failStrategy");
    choice(scene, strategy, &["FAIL_CLOSE", "FAIL_OPEN", "FAIL_RELOAD"]);
    if let Some(open) = strategy.filter(|strategy| strategy.text() == Some("FAIL_OPEN")) {
        fail_open(scene, open.span, "write `failStrategy: FAIL_RELOAD`");
    }
    digest(scene, wasm);
    check_policy(scene, module, wasm, wasm.get("pluginConfig"));
}

/// Checks an item of `spec.wasm` of an EnvoyExtensionPolicy.
fn extension(scene: &mut Scene<'_>, item: &Node) {
    let source = |kind| item.get("code").and_then(|code| code.get(kind));
    let sources: Vec<&Node> = ["http", "image"].into_iter().filter_map(source).collect();
    let urls = sources.iter().filter_map(|source| source.get("url"));
    let names = urls.chain(item.get("name")).chain(item.get("rootID"));
    let Some(module) = scene.module_of(names, item.get("config")) else { return };
    known(scene, item, &EXTENSION);
    if let Some(open) = item.get("failOpen").filter(|open| matches!(open.data, Data::Bool(true))) {
        fail_open(scene, open.span, "remove `failOpen`");
    }
    sources.into_iter().for_each(|source| digest(scene, source));
    check_policy(scene, module, item, item.get("config"));
}

fn check_policy(scene: &mut Scene<'_>, module: Module, parent: &Node, policy: Option<&Node>) {
    match policy {
        Some(policy) => drop(policy::check(scene, module, policy)),
        None => missing_policy(scene, parent),
    }
}

/// Warns if a module is fetched from a URL without a digest.
fn digest(scene: &mut Scene<'_>, source: &Node) {
    let url = source.get("url").filter(|_| source.get("sha256").is_none());
    let Some((url, text)) = url.and_then(|url| Some((url, url.text()?))) else { return };
    let is_file = text.starts_with("http://") || text.starts_with("https://");
    if !text.starts_with("file://") && !text.contains("@sha256:") {
        missing_sha256(scene, url.span, if is_file { OF_FILE } else { OF_IMAGE });
    }
}
