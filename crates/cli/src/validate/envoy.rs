//! The configuration of Envoy: modules, wherever they stand in it.

use super::finding::Finding;
use super::policy;
use super::scene::Scene;
use crate::filter::Filter;
use diagnostics::Span;
use yaml::{Data, Node};

/// Fields of a bootstrap.
const BOOTSTRAP: [&str; 8] = [
    "static_resources",
    "staticResources",
    "dynamic_resources",
    "dynamicResources",
    "admin",
    "node",
    "stats_config",
    "statsConfig",
];

/// Whether it is a bootstrap.
pub fn is_bootstrap(node: &Node) -> bool {
    BOOTSTRAP.iter().any(|field| node.get(field).is_some())
}

/// The clusters of a bootstrap; nothing where it is none, or gets some from elsewhere.
pub fn clusters(node: &Node) -> Option<Vec<String>> {
    let fixed = either(node, "static_resources", "staticResources")?;
    let dynamic = either(node, "dynamic_resources", "dynamicResources");
    if dynamic.and_then(|dynamic| either(dynamic, "cds_config", "cdsConfig")).is_some() {
        return None;
    }
    let clusters = fixed.get("clusters").map(Node::items).unwrap_or_default();
    Some(clusters.iter().filter_map(|cluster| cluster.get("name")?.text()).map(str::to_owned).collect())
}

/// The objects that load a module: those with `vm_config`.
pub fn plugins(node: &Node) -> Vec<&Node> {
    if either(node, "vm_config", "vmConfig").is_some() {
        return vec![node];
    }
    let inner = node.fields().iter().map(|(_, value)| value).chain(node.items());
    inner.flat_map(plugins).collect()
}

/// Checks what an object says of a module, where it is one of these.
pub fn plugin(scene: &mut Scene<'_>, plugin: &Node) {
    let vm = either(plugin, "vm_config", "vmConfig");
    let code = vm.and_then(|vm| vm.get("code"));
    let remote = code.and_then(|code| code.get("remote"));
    let file = code.and_then(|code| code.get("local")?.get("filename"));
    let uri = remote.and_then(|remote| either(remote, "http_uri", "httpUri")?.get("uri"));
    let root = either(plugin, "root_id", "rootId");
    let names = [file, uri, plugin.get("name"), root].into_iter().flatten();
    let configuration = plugin.get("configuration");
    let by_fields = || Filter::of_fields(configuration?.get("value")?);
    let by_name = names.filter_map(Node::text).find_map(Filter::of_module);
    let Some(filter) = by_name.or(scene.filter).or_else(by_fields) else { return };
    posture(scene, plugin, remote);
    match configuration {
        Some(any) => configured(scene, filter, any),
        None => nothing(scene, head(plugin)),
    }
}

/// No module runs without a policy.
pub fn nothing(scene: &mut Scene<'_>, mark: Span) {
    let message = "the module has no configuration";
    scene.found.push(Finding::error(mark, "empty", message, "no module runs without a policy: write one"));
}

/// What happens where the module fails, and whether it is the one that is meant.
fn posture(scene: &mut Scene<'_>, plugin: &Node, remote: Option<&Node>) {
    let is_open = |node: &Node| matches!(node.data, Data::Bool(true)) || node.text() == Some("FAIL_OPEN");
    let failure =
        [either(plugin, "failure_policy", "failurePolicy"), either(plugin, "fail_open", "failOpen")];
    for node in failure.into_iter().flatten().filter(|node| is_open(node)) {
        fail_open(scene, node.span, "write `failure_policy: FAIL_RELOAD`");
    }
    if let Some(remote) = remote.filter(|remote| remote.get("sha256").is_none()) {
        missing_sha256(scene, head(remote), OF_FILE);
    }
}

/// Notes that requests pass where a module fails.
pub fn fail_open(scene: &mut Scene<'_>, mark: Span, help: &str) {
    let message = "where the module fails, requests pass unchecked";
    scene.found.push(Finding::warning(mark, "fail_open", message, help));
}

/// What to write for a module that is fetched as a file.
pub const OF_FILE: &str = "add `sha256`, the digest of the module, as `dist/SHA256SUMS` has it";
/// And for one in an image.
pub const OF_IMAGE: &str = "add `sha256`, the digest of the image, or name the image by it: `…@sha256:…`";

/// Notes that a module which is fetched has no digest.
pub fn missing_sha256(scene: &mut Scene<'_>, mark: Span, help: &str) {
    let message = "whoever can write where the module is fetched from decides what runs";
    scene.found.push(Finding::warning(mark, "missing_sha256", message, help));
}

/// Checks the configuration, which is an `Any`.
fn configured(scene: &mut Scene<'_>, filter: Filter, any: &Node) {
    let kind = any.get("@type").and_then(Node::text).unwrap_or_default();
    let kind = kind.rsplit(['.', '/']).next().unwrap_or_default();
    match (kind, any.get("value")) {
        ("Struct" | "StringValue", None) => nothing(scene, head(any)),
        ("Struct", Some(value)) => policy::check(scene, filter, value),
        ("StringValue", Some(value)) => match value.text() {
            Some(text) => policy::check_text(scene, filter, value, text),
            None => {
                let help = "write JSON in a string, or take a `Struct`";
                scene.found.push(Finding::error(
                    value.span,
                    "wrong_type",
                    format!("found {}", value.kind()),
                    help,
                ));
            }
        },
        _ => {
            let mark = any.get("@type").map_or(head(any), |kind| kind.span);
            let help = "write `\"@type\": type.googleapis.com/google.protobuf.Struct`";
            let message = "a module takes its policy as a `Struct` or a `StringValue`";
            scene.found.push(Finding::error(mark, "configuration_type", message, help));
        }
    }
}

/// The first key of an object, to show it by.
pub fn head(node: &Node) -> Span {
    node.fields().first().map_or(node.span, |(key, _)| key.span)
}

/// A field by either of the names that protobuf gives it.
fn either<'n>(node: &'n Node, snake: &str, camel: &str) -> Option<&'n Node> {
    node.get(snake).or_else(|| node.get(camel))
}
