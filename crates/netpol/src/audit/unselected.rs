//! 1: a workload that no NetworkPolicy holds.

use super::finding::{Code, Finding, Severity};
use super::remedy::isolating;
use super::scene::Scene;
use crate::manifest::{self, Notes};
use crate::model::{Direction, Labels, ObjectRef, Policy, Selector, Workload};
use serde_json::json;
use std::collections::BTreeMap;
use yaml::Yaml;

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

/// A pod that comes into a namespace tomorrow, with labels that no policy knows, should be held as well.
fn namespace(scene: &Scene<'_>, first: &Workload) -> Option<Finding> {
    let name = first.namespace();
    // What else is in a namespace that no manifest holds is for others to say.
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
    Some(Finding {
        code: Code::UnselectedWorkload,
        severity: Severity::Medium,
        object,
        message: format!("no NetworkPolicy holds the {} of a new pod in `{name}`", words.join(" or ")),
        impact: "whoever may start a pod there, or label one anew, is held by nothing".to_owned(),
        because: Vec::new(),
        remedy: manifest::policy(&deny, &Notes::default()),
    })
}

fn finding(workload: &Workload, directions: &[Direction]) -> Option<Finding> {
    let name = workload.name();
    let (what, impact) = match directions {
        [] => return None,
        [Direction::Ingress] => {
            ("ingress", "whoever runs code in any pod, or routes packets to pods, reaches every port of it".to_owned())
        }
        [Direction::Egress] => (
            "egress",
            "whoever takes it over sends data anywhere and reaches every pod, node and metadata service".to_owned(),
        ),
        _ => (
            "ingress or egress",
            "whoever runs code in any pod reaches every port of it, and whoever takes it over reaches everything"
                .to_owned(),
        ),
    };
    Some(Finding {
        code: Code::UnselectedWorkload,
        severity: Severity::High,
        object: workload.object.clone(),
        message: format!("no NetworkPolicy holds the {what} of `{name}`"),
        impact,
        because: Vec::new(),
        remedy: manifest::policy(&isolating(workload, directions, None), &Notes::default()),
    })
}

fn host_network(workload: &Workload) -> Finding {
    let object = &workload.object;
    let pods = json!({"hostNetwork": false});
    let spec = match object.kind.as_str() {
        "Pod" => pods,
        "CronJob" => json!({"jobTemplate": {"spec": {"template": {"spec": pods}}}}),
        _ => json!({"template": {"spec": pods}}),
    };
    let group = match object.kind.as_str() {
        "Pod" | "ReplicationController" => "v1",
        "Job" | "CronJob" => "batch/v1",
        _ => "apps/v1",
    };
    let patch = json!({
        "apiVersion": group,
        "kind": object.kind,
        "metadata": {"name": object.name, "namespace": object.namespace},
        "spec": spec,
    });
    Finding {
        code: Code::UnselectedWorkload,
        severity: Severity::High,
        object: object.clone(),
        message: format!(
            "`{}` is on the network of its node, where no NetworkPolicy holds it",
            workload.name()
        ),
        impact: "whoever takes it over reaches what the node reaches: the kubelet, the metadata service, every pod".to_owned(),
        because: vec![(object.clone(), "hostNetwork: true".to_owned())],
        remedy: format!("# a patch: this alone changes\n{}", Yaml::from(&patch).document()),
    }
}
