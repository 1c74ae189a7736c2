//! Finding 1: a workload that no NetworkPolicy isolates.

use super::finding::{Code, Finding, Severity};
use super::remedy::{Remedy, isolating};
use super::scene::Scene;
use crate::manifest::{self, Notes};
use crate::model::{Direction, Labels, ObjectRef, Policy, Selector, Workload};
use serde_json::json;
use std::collections::BTreeMap;

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    let mut namespaces: BTreeMap<&str, &Workload> = BTreeMap::new();
    for (class, _) in scene.subjects() {
        for workload in scene.reach.members(class) {
            namespaces.entry(workload.namespace()).or_insert(workload);
            if workload.host_network {
                found.push(host_network(workload));
                continue;
            }
            let open = |direction: &Direction| !scene.reach.is_isolated(class, *direction);
            let directions: Vec<Direction> = Direction::ALL.into_iter().filter(open).collect();
            found.extend(finding(workload, &directions));
        }
    }
    found.extend(namespaces.values().filter_map(|workload| namespace(scene, workload)));
}

/// Finds a namespace in which a new pod, with labels that no policy selects, is not isolated.
fn namespace(scene: &Scene<'_>, first: &Workload) -> Option<Finding> {
    let name = first.namespace();
    // A namespace without a manifest may have policies without manifests.
    let object = scene.cluster.namespaces.get(name).and_then(|namespace| namespace.object.clone())?;
    let no_labels = Labels::new();
    let open = |direction: &Direction| {
        let mut policies = scene.cluster.policies.iter().filter(|policy| policy.namespace() == name);
        !policies.any(|policy| policy.rules(*direction).is_some() && policy.pods.matches(&no_labels))
    };
    let directions: Vec<Direction> = Direction::ALL.into_iter().filter(open).collect();
    let words: Vec<String> = directions.iter().map(ToString::to_string).collect();
    if directions.is_empty() {
        return None;
    }
    let deny = isolating(first, &directions, None);
    let own = ObjectRef { name: "deny".to_owned(), ..deny.object.clone() };
    let deny = Policy { object: own, pods: Selector::default(), ..deny };
    let message = format!("no NetworkPolicy isolates the {} of a new pod in `{name}`", words.join(" or "));
    let impact = "an attacker who can start a pod there, or change the labels of one, is not isolated";
    let remedy = Remedy::from(manifest::policy(&deny, &Notes::default()));
    Some(remedy.finding(Code::UnselectedWorkload, Severity::Medium, &object, message, impact))
}

fn finding(workload: &Workload, directions: &[Direction]) -> Option<Finding> {
    let (what, impact) = match directions {
        [] => return None,
        [Direction::Ingress] => {
            ("ingress", "an attacker in any pod, or with a route to the pods, can reach every port of it")
        }
        [Direction::Egress] => (
            "egress",
            "an attacker in the pod can send data anywhere and reach every pod, node and metadata service",
        ),
        _ => (
            "ingress or egress",
            "an attacker in any pod can reach every port of it, and an attacker in it can reach everything",
        ),
    };
    let message = format!("no NetworkPolicy isolates the {what} of `{}`", workload.name());
    let remedy = manifest::policy(&isolating(workload, directions, None), &Notes::default());
    let object = &workload.object;
    Some(Remedy::from(remedy).finding(Code::UnselectedWorkload, Severity::High, object, message, impact))
}

fn host_network(workload: &Workload) -> Finding {
    let object = &workload.object;
    let pods = json!({"hostNetwork": false});
    let spec = match object.kind.as_str() {
        "Pod" => pods,
        "CronJob" => json!({"jobTemplate": {"spec": {"template": {"spec": pods}}}}),
        _ => json!({"template": {"spec": pods}}),
    };
    let version = match object.kind.as_str() {
        "Pod" | "ReplicationController" => "v1",
        "Job" | "CronJob" => "batch/v1",
        _ => "apps/v1",
    };
    let message =
        format!("`{}` uses the network of its node, which NetworkPolicies do not isolate", workload.name());
    let impact = "an attacker in the pod can reach what the node reaches: the kubelet, the metadata service, every pod";
    let remedy = Remedy::patch(object, version, &spec, "hostNetwork: true");
    remedy.finding(Code::UnselectedWorkload, Severity::High, object, message, impact)
}
