//! Checks the modules in a configuration of Envoy.

use super::plugin::{field, head, module_of, remote};
use super::scene::Scene;
use super::vocabulary::{choice, known_in_json};
use super::{bypass, policy};
use diagnostics::Span;
use modules::Module;
use yaml::{Data, Node};

/// Fields of a bootstrap.
const BOOTSTRAP: [&str; 5] = ["static_resources", "dynamic_resources", "admin", "node", "stats_config"];

/// Fields of the configuration of a module: `envoy.extensions.wasm.v3.PluginConfig`.
const PLUGIN: [&str; 9] = [
    "name",
    "root_id",
    "vm_config",
    "configuration",
    "fail_open",
    "failure_policy",
    "reload_config",
    "capability_restriction_config",
    "allow_on_headers_stop_iteration",
];
/// The values of `failure_policy`. Each can also be written as its number, from 0.
const FAILURE_POLICIES: [&str; 4] = ["UNSPECIFIED", "FAIL_RELOAD", "FAIL_CLOSED", "FAIL_OPEN"];

/// Returns true if the document is a bootstrap.
pub fn is_bootstrap(node: &Node) -> bool {
    BOOTSTRAP.iter().any(|name| field(node, name).is_some())
}

/// Returns true if the document is a bootstrap or another part of the configuration of Envoy.
pub fn is_configuration(node: &Node) -> bool {
    let has_filter = |node: &Node| {
        ["typed_config", "http_filters", "filter_chains"].iter().any(|name| field(node, name).is_some())
    };
    is_bootstrap(node)
        || has_filter(node)
        || node.fields().iter().any(|(_, value)| is_configuration(value))
        || node.items().iter().any(is_configuration)
}

/// Returns the clusters of a bootstrap; `None` if it gets clusters from CDS.
pub fn clusters(node: &Node) -> Option<Vec<String>> {
    let fixed = field(node, "static_resources")?;
    let dynamic = field(node, "dynamic_resources");
    if dynamic.and_then(|dynamic| field(dynamic, "cds_config")).is_some() {
        return None;
    }
    let clusters = fixed.get("clusters").map(Node::items).unwrap_or_default();
    Some(clusters.iter().filter_map(|cluster| cluster.get("name")?.text()).map(str::to_owned).collect())
}

/// Checks an object that loads a module of Ringfence.
pub fn plugin(scene: &mut Scene<'_>, plugin: &Node) {
    let Some(module) = module_of(scene, plugin) else { return };
    known_in_json(scene, plugin, &PLUGIN);
    failure_and_digest(scene, plugin, remote(plugin));
    bypass::capabilities(scene, module, plugin);
    match plugin.get("configuration") {
        Some(any) => configured(scene, module, any),
        None => missing_policy(scene, plugin),
    }
}

/// Reports a module without a policy.
pub fn missing_policy(scene: &mut Scene<'_>, parent: &Node) {
    let help = "write a policy: every module needs one";
    scene.found.error(head(parent), "empty", "the module has no policy", help);
}

/// Checks the failure policy and the digest of a module.
fn failure_and_digest(scene: &mut Scene<'_>, plugin: &Node, remote: Option<&Node>) {
    let is_open = |node: &Node| {
        matches!(node.data, Data::Bool(true) | Data::Integer(3)) || node.text() == Some("FAIL_OPEN")
    };
    let failure_policy = field(plugin, "failure_policy");
    let is_word = |node: &&Node| !matches!(node.data, Data::Integer(0..=3));
    choice(scene, failure_policy.filter(is_word), &FAILURE_POLICIES);
    let failure = [failure_policy, field(plugin, "fail_open")];
    for node in failure.into_iter().flatten().filter(|node| is_open(node)) {
        fail_open(scene, node.span, "write `failure_policy: FAIL_RELOAD`");
    }
    if let Some(remote) = remote.filter(|remote| remote.get("sha256").is_none()) {
        missing_sha256(scene, head(remote), OF_FILE);
    }
}

/// Warns that requests pass if the module fails.
pub fn fail_open(scene: &mut Scene<'_>, span: Span, help: &str) {
    scene.found.warning(span, "fail_open", "requests pass unchecked if the module fails", help);
}

/// The fix for a module that is fetched as a file.
pub const OF_FILE: &str = "add `sha256`: the digest of the module, as in `dist/SHA256SUMS`";
/// The fix for a module that is fetched as an image.
pub const OF_IMAGE: &str =
    "add `sha256`: the digest of the image; or add the digest to the URL: `…@sha256:…`";

/// Warns that a fetched module has no digest.
pub fn missing_sha256(scene: &mut Scene<'_>, span: Span, help: &str) {
    let message = "missing digest: the server can send another module";
    scene.found.warning(span, "missing_sha256", message, help);
}

/// Checks the configuration of a module, which is an `Any`.
fn configured(scene: &mut Scene<'_>, module: Module, any: &Node) {
    let kind = any.get("@type").and_then(Node::text).unwrap_or_default();
    let kind = kind.rsplit(['.', '/']).next().unwrap_or_default();
    match (kind, any.get("value")) {
        ("Struct" | "StringValue", None) => missing_policy(scene, any),
        ("Struct", Some(value)) => drop(policy::check(scene, module, value)),
        ("StringValue", Some(value)) => match value.text() {
            Some(text) => policy::check_text(scene, module, value, text),
            None => {
                let help = "write JSON in a string, or use a `Struct`";
                scene.found.error(value.span, "wrong_type", format!("found {}", value.kind()), help);
            }
        },
        _ => {
            let span = any.get("@type").map_or(head(any), |kind| kind.span);
            let help = "write `\"@type\": type.googleapis.com/google.protobuf.Struct`";
            let message = "the configuration of a module must be a `Struct` or a `StringValue`";
            scene.found.error(span, "configuration_type", message, help);
        }
    }
}
