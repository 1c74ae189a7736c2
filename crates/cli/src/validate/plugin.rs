//! The objects that load a module, and their fields.

use super::scene::Scene;
use diagnostics::{Span, distance};
use modules::Module;
use yaml::Node;

/// Returns the objects that load a module: those with `vm_config`, also if it is misspelled.
pub fn plugins(node: &Node) -> Vec<&Node> {
    if is_plugin(node) {
        return vec![node];
    }
    let inner = node.fields().iter().map(|(_, value)| value).chain(node.items());
    inner.flat_map(plugins).collect()
}

/// Returns the module of Ringfence that an object loads.
pub fn module_of(scene: &Scene<'_>, plugin: &Node) -> Option<Module> {
    let file = code(plugin).and_then(|code| code.get("local")?.get("filename"));
    let uri = remote(plugin).and_then(|remote| field(remote, "http_uri")?.get("uri"));
    let names = [file, uri, plugin.get("name"), field(plugin, "root_id")].into_iter().flatten();
    let policy = plugin.get("configuration").and_then(|configuration| configuration.get("value"));
    scene.module_of(names, policy)
}

/// Returns true if the object loads a module.
pub fn is_plugin(node: &Node) -> bool {
    vm_config(node).is_some()
}

/// The number of edits in a misspelled name. No other field of Envoy is so close to `vm_config`, and no other kind to those
/// that load a module.
pub const MISSPELLED: usize = 2;

/// Returns `vm_config`, or the field whose name is nearly that.
fn vm_config(plugin: &Node) -> Option<&Node> {
    let is_near = |key: &str| distance(&convert::snake_case(key), "vm_config") <= MISSPELLED;
    let near =
        || plugin.fields().iter().find(|(key, value)| is_near(&key.text) && !value.fields().is_empty());
    field(plugin, "vm_config").or_else(|| near().map(|(_, value)| value))
}

fn code(plugin: &Node) -> Option<&Node> {
    vm_config(plugin)?.get("code")
}

/// Returns the server that a module is fetched from.
pub fn remote(plugin: &Node) -> Option<&Node> {
    code(plugin)?.get("remote")
}

/// Returns the place of the first key of an object.
pub fn head(node: &Node) -> Span {
    node.fields().first().map_or(node.span, |(key, _)| key.span)
}

/// Returns a field by either of its names in protobuf's JSON; `name` is in `snake_case`.
pub fn field<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    node.fields().iter().find(|(key, _)| convert::snake_case(&key.text) == name).map(|(_, value)| value)
}
