//! Finds the settings of Envoy by which requests pass a module.

use super::plugin::{field, head, is_plugin, module_of};
use super::scene::Scene;
use diagnostics::Span;
use modules::Module;
use yaml::{Data, Node};

/// The name of Envoy's router.
pub const ROUTER: &str = "envoy.filters.http.router";

/// Checks the HTTP filters and the routes in a part of a configuration.
pub fn check(scene: &mut Scene<'_>, node: &Node) {
    let mut names = Vec::new();
    collect(scene, node, &mut names);
    walk(scene, node, &names);
}

/// Collects the names of the HTTP filters that run a module of Ringfence.
fn collect<'n>(scene: &Scene<'_>, node: &'n Node, names: &mut Vec<&'n str>) {
    let name = node.get("name").and_then(Node::text);
    names.extend(name.filter(|name| runs_module(scene, node, name)));
    node.fields().iter().for_each(|(_, value)| collect(scene, value, names));
    node.items().iter().for_each(|item| collect(scene, item, names));
}

/// Returns true if an HTTP filter with this name runs a module of Ringfence.
fn runs_module(scene: &Scene<'_>, filter: &Node, name: &str) -> bool {
    match plugin_of(filter) {
        Some(plugin) => module_of(scene, plugin).is_some(),
        None => field(filter, "config_discovery").is_some() && Module::from_image(name).is_some(),
    }
}

fn walk(scene: &mut Scene<'_>, node: &Node, names: &[&str]) {
    let is_module = |node: &Node| {
        let name = node.get("name").and_then(Node::text);
        name.is_some_and(|name| runs_module(scene, node, name))
    };
    let late = after_the_router(node.items(), is_module);
    late.into_iter().for_each(|filter| after_router(scene, head(filter)));
    filter(scene, node);
    upgrades(scene, node);
    if !names.is_empty() {
        route(scene, node);
    }
    if let Some(routes) = field(node, "typed_per_filter_config") {
        disabled_for_route(scene, routes, names);
    }
    node.fields().iter().for_each(|(_, value)| walk(scene, value, names));
    node.items().iter().for_each(|item| walk(scene, item, names));
}

/// Checks the list of capabilities of a module.
pub fn capabilities(scene: &mut Scene<'_>, module: Module, plugin: &Node) {
    let restriction = field(plugin, "capability_restriction_config");
    let allowed = restriction.and_then(|restriction| field(restriction, "allowed_capabilities"));
    // An empty list restricts nothing.
    let Some(allowed) = allowed.filter(|allowed| !allowed.fields().is_empty()) else { return };
    let is_missing = |name: &&str| allowed.get(name).is_none();
    let list = |names: &[&str]| format!("`{}`", names.join("`, `"));
    let (callbacks, calls) = (module.callbacks(), module.host_calls());
    let (guards, others): (Vec<&str>, Vec<&str>) = callbacks
        .into_iter()
        .chain(calls)
        .filter(is_missing)
        .partition(|name| module.guards().contains(name));
    for (names, effect) in [
        (guards, "Envoy does not call the module: requests pass unchecked"),
        (others, "Envoy bars what the module needs: requests are denied, or the module does not load"),
    ] {
        if !names.is_empty() {
            let help = format!("remove `capability_restriction_config`, or add {}", list(&names));
            scene.found.warning(head(allowed), "capability_restriction", effect, help);
        }
    }
}

/// Warns that Envoy refuses a filter after the router.
pub fn after_router(scene: &mut Scene<'_>, span: Span) {
    let (message, help) =
        ("Envoy rejects a filter that follows the router", "put it before `envoy.filters.http.router`");
    scene.found.warning(span, "after_router", message, help);
}

/// Checks the fields of an HTTP filter that runs a module.
fn filter(scene: &mut Scene<'_>, node: &Node) {
    let name = node.get("name").and_then(Node::text);
    if !name.is_some_and(|name| runs_module(scene, node, name)) {
        return;
    }
    if let Some(disabled) = node.get("disabled").filter(|value| is_true(value)) {
        let message = "requests pass unchecked, except at routes that enable the filter";
        scene.found.warning(disabled.span, "disabled_filter", message, "remove `disabled`");
    }
    if let Some(optional) = field(node, "is_optional").filter(|value| is_true(value)) {
        let message = "requests pass unchecked if Envoy does not know the type of the filter";
        scene.found.warning(optional.span, "optional_filter", message, "remove `is_optional`");
    }
    let matcher = field(node, "typed_config").and_then(|config| field(config, "xds_matcher"));
    if let Some(matcher) = matcher {
        let message = "the matcher decides which requests the module checks";
        let help = "load the module without a matcher, and write the condition in the policy";
        scene.found.warning(head(matcher), "matched_filter", message, help);
    }
}

/// Checks the upgrades of a connection manager: the filters of an upgrade replace those of other requests.
fn upgrades(scene: &mut Scene<'_>, manager: &Node) {
    let runs = |scene: &Scene<'_>, filter: &Node| {
        let name = filter.get("name").and_then(Node::text);
        name.is_some_and(|name| runs_module(scene, filter, name))
    };
    let filters = field(manager, "http_filters").map(Node::items).unwrap_or_default();
    if !filters.iter().any(|filter| runs(scene, filter)) {
        return;
    }
    let upgrades = field(manager, "upgrade_configs").map(Node::items).unwrap_or_default();
    for filters in upgrades.iter().filter_map(|upgrade| upgrade.get("filters")) {
        if !filters.items().is_empty() && !filters.items().iter().any(|filter| runs(scene, filter)) {
            let message =
                "requests with this upgrade pass unchecked: these filters replace those of other requests";
            let help = "remove `filters`, or repeat the filter of the module in them";
            scene.found.warning(head(filters), "upgrade_filters", message, help);
        }
    }
}

/// Checks the rewrites of a route, which Envoy applies after the module has checked the request.
fn route(scene: &mut Scene<'_>, node: &Node) {
    let Some(action) = field(node, "route") else { return };
    for name in ["regex_rewrite", "path_rewrite_policy", "host_rewrite_header", "host_rewrite_path_regex"] {
        if let Some(rewrite) = field(action, name) {
            let message = format!("`{name}` changes the request after the module has checked it");
            let help = if name.starts_with("host") {
                "remove it: the upstream gets a host that no policy has checked"
            } else {
                "write the rewrite in a path-policy, which checks the new path"
            };
            scene.found.warning(head(rewrite), "route_rewrite", message, help);
        }
    }
    let prefix = field(node, "match").and_then(|matcher| matcher.get("prefix")).and_then(Node::text);
    if let (Some(prefix), Some(rewrite)) = (prefix, field(action, "prefix_rewrite"))
        && let Some(text) = rewrite.text()
        && text.ends_with('/')
        && !prefix.ends_with('/')
    {
        let message = format!("`{prefix}../x` becomes `{text}../x` after the module has checked it");
        let help = "let both texts end in a slash, or use `path_separated_prefix`";
        scene.found.warning(rewrite.span, "route_rewrite", message, help);
    }
}

/// Returns the modules that follow the router in a list of HTTP filters.
fn after_the_router(filters: &[Node], is_module: impl Fn(&Node) -> bool) -> Vec<&Node> {
    let is_router = |node: &Node| {
        let kind = field(node, "typed_config").and_then(|config| config.get("@type"));
        let kind = kind.and_then(Node::text).unwrap_or_default();
        kind.ends_with(".router.v3.Router") || node.get("name").and_then(Node::text) == Some(ROUTER)
    };
    let rest = filters.iter().skip_while(|node| !is_router(node)).skip(1);
    rest.filter(|node| is_module(node)).collect()
}

/// Checks the configuration of filters for one route, virtual host or cluster of a route.
fn disabled_for_route(scene: &mut Scene<'_>, filters: &Node, names: &[&str]) {
    for (name, config) in filters.fields() {
        let is_named = names.contains(&name.text.as_str()) || Module::from_image(&name.text).is_some();
        let disabled = config.get("disabled").filter(|value| is_true(value) && is_named);
        if let Some(disabled) = disabled {
            let message = format!("requests of this route pass `{}` unchecked", name.text);
            let help = "remove `disabled`, and write the exception in the policy";
            scene.found.warning(disabled.span, "disabled_for_route", message, help);
        }
    }
}

/// Returns the configuration of the module that an HTTP filter runs, also below a `TypedStruct` or a matcher.
fn plugin_of(filter: &Node) -> Option<&Node> {
    let mut config = field(filter, "typed_config")?;
    loop {
        let inner = field(config, "extension_config").and_then(|inner| field(inner, "typed_config"));
        match inner.or_else(|| config.get("value")) {
            Some(inner) => config = inner,
            None => return config.get("config").filter(|plugin| is_plugin(plugin)),
        }
    }
}

fn is_true(node: &Node) -> bool {
    matches!(node.data, Data::Bool(true))
}
