//! Finding 2: gateways that do not run the module, and modules that fail open.

use super::facts::Facts;
use super::finding::{Code, Finding, Severity};
use super::l7_bypass::{IMPACT, is_waypoint};
use super::remedy::Remedy;
use super::scene::Scene;
use crate::model::{Extension, Injection, Workload};
use crate::reach::Node;
use serde_json::{Value, json};
use yaml::Yaml;

const VERSION: &str = "extensions.istio.io/v1alpha1";

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    for (class, facts) in scene.subjects() {
        let entrance = facts.injection == Injection::Gateway && !is_waypoint(facts);
        if !entrance || facts.runs_module || facts.listens.is_empty() {
            continue;
        }
        let sources = scene.sources(class, &facts.listens).into_iter().map(|(node, _)| node);
        let nodes: Vec<Node> = sources.filter(|node| matches!(node, Node::Range(_))).collect();
        if !nodes.is_empty() {
            found.extend(scene.reach.members(class).map(|workload| gateway(scene, workload, facts, &nodes)));
        }
    }
    let open = |extension: &&Extension| extension.ringfence && extension.fails_open;
    found.extend(scene.cluster.mesh.extensions.iter().filter(open).map(fails_open));
}

/// Creates the finding about a gateway that accepts traffic from outside and does not run the module.
fn gateway(scene: &Scene<'_>, workload: &Workload, facts: &Facts, nodes: &[Node]) -> Finding {
    let root = &scene.options.control_plane;
    let is_loaded = |found: &&Extension| found.ringfence && scene.cluster.is_covered(workload, found, root);
    let (why, remedy) = match scene.cluster.mesh.extensions.iter().find(is_loaded) {
        // The extension is loaded, but does not see the traffic of the gateway.
        Some(Extension { object, .. }) => (
            format!(
                "where {object} is loaded for other traffic; for a gateway, `match` needs the mode `CLIENT`"
            ),
            Remedy::patch(object, VERSION, &json!({"match": [{"mode": "CLIENT"}]}), "spec.match"),
        ),
        None => (
            "which runs no module of Ringfence".to_owned(),
            Remedy::from(Yaml::from(&extension(workload)).document()).with_comment(
                "put the image in `url`, its digest in `sha256`, and the policy in `pluginConfig`",
            ),
        ),
    };
    let (names, listens, name) = (scene.names(nodes), &facts.listens, workload.name());
    let message = format!("{names} may reach {listens} of the gateway `{name}`, {why}");
    remedy.finding(Code::L7Bypass, Severity::High, &workload.object, message, IMPACT)
}

/// Returns the extension that loads the module into a gateway.
fn extension(gateway: &Workload) -> Value {
    json!({
        "apiVersion": VERSION,
        "kind": "TrafficExtension",
        "metadata": {"name": "ringfence", "namespace": gateway.namespace()},
        "spec": {
            "selector": {"matchLabels": gateway.labels},
            "wasm": {
                "url": "oci://registry.example/ringfence",
                "sha256": "the digest that `cargo xtask images` prints",
                "failStrategy": "FAIL_RELOAD",
                "pluginConfig": {},
            },
        },
    })
}

/// Creates the finding about a module whose failure lets requests pass.
fn fails_open(extension: &Extension) -> Finding {
    let object = &extension.object;
    let strategy = json!({"failStrategy": "FAIL_RELOAD"});
    let remedy = match object.kind.as_str() {
        "TrafficExtension" => {
            Remedy::patch(object, VERSION, &json!({"wasm": strategy}), "spec.wasm.failStrategy")
        }
        _ => Remedy::patch(object, VERSION, &strategy, "spec.failStrategy"),
    };
    let message = format!("requests pass unchecked if the module of {object} fails or cannot be fetched");
    let impact =
        "an attacker who makes the module or its registry fail can send requests that no policy checks";
    remedy.finding(Code::L7Bypass, Severity::Medium, object, message, impact)
}
