//! 2, as well: gateways that carry no policy, and modules that let requests pass.

use super::facts::Facts;
use super::finding::{Code, Finding, Severity};
use super::l7_bypass::{IMPACT, is_waypoint};
use super::scene::Scene;
use crate::model::{Extension, Injection, ObjectRef, Workload};
use crate::reach::Node;
use serde_json::{Map, Value, json};
use yaml::Yaml;

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    for (class, facts) in scene.subjects() {
        let entrance = facts.injection == Injection::Gateway && !is_waypoint(facts);
        if !entrance || facts.carries || facts.listens.is_empty() {
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

/// A gateway that lets the outside in and carries no policy.
fn gateway(scene: &Scene<'_>, workload: &Workload, facts: &Facts, nodes: &[Node]) -> Finding {
    let extensions = scene.cluster.mesh.extensions.iter();
    let root = &scene.options.control_plane;
    let blind = |found: &&Extension| found.ringfence && found.covers(scene.cluster, workload, root);
    let (why, because, remedy) = match extensions.clone().find(blind) {
        // It is for the gateway and sees none of its traffic, or it would be carried.
        Some(blind) => (
            format!("where {} is loaded for other traffic: a gateway's is `CLIENT` to Istio", blind.object),
            vec![(blind.object.clone(), "spec.match".to_owned())],
            patch(&blind.object, &json!({"match": [{"mode": "CLIENT"}]})),
        ),
        None => (
            "which carries no policy".to_owned(),
            Vec::new(),
            format!(
                "# put the image in `url`, pin it by its digest, and put the policy in `pluginConfig`\n{}",
                Yaml::from(&extension(workload)).document()
            ),
        ),
    };
    let (names, listens, name) = (scene.names(nodes), &facts.listens, workload.name());
    Finding {
        code: Code::L7Bypass,
        severity: Severity::High,
        object: workload.object.clone(),
        message: format!("{names} may reach {listens} of the gateway `{name}`, {why}"),
        impact: IMPACT.to_owned(),
        because,
        remedy,
    }
}

/// What loads the module into a gateway.
fn extension(gateway: &Workload) -> Value {
    let labels: Map<_, _> =
        gateway.labels.iter().map(|(key, value)| (key.clone(), value.clone().into())).collect();
    let url = "oci://registry.example/ringfence";
    json!({
        "apiVersion": "extensions.istio.io/v1alpha1",
        "kind": "TrafficExtension",
        "metadata": {"name": "ringfence", "namespace": gateway.namespace()},
        "spec": {
            "selector": {"matchLabels": labels},
            "wasm": {
                "url": url,
                "sha256": "the digest that `cargo xtask images` prints",
                "failStrategy": "FAIL_RELOAD",
                "pluginConfig": {},
            },
        },
    })
}

/// A module whose failure lets requests pass.
fn fails_open(extension: &Extension) -> Finding {
    let object = &extension.object;
    let strategy = json!({"failStrategy": "FAIL_RELOAD"});
    let wasm = object.kind == "TrafficExtension";
    let field = if wasm { "spec.wasm.failStrategy" } else { "spec.failStrategy" };
    Finding {
        code: Code::L7Bypass,
        severity: Severity::Medium,
        object: object.clone(),
        message: format!("requests pass where the module of {object} fails or cannot be fetched"),
        impact: "whoever makes the module fail, or its registry, sends requests that no policy judges"
            .to_owned(),
        because: vec![(object.clone(), field.to_owned())],
        remedy: patch(object, &if wasm { json!({"wasm": strategy}) } else { strategy }),
    }
}

/// What changes about an extension.
fn patch(object: &ObjectRef, spec: &Value) -> String {
    let patch = json!({
        "apiVersion": "extensions.istio.io/v1alpha1",
        "kind": object.kind,
        "metadata": {"name": object.name, "namespace": object.namespace},
        "spec": spec,
    });
    format!("# a patch: this alone changes\n{}", Yaml::from(&patch).document())
}
