//! 1: a workload that no NetworkPolicy holds.

use super::finding::{Code, Finding, Severity};
use super::remedy::isolating;
use super::scene::Scene;
use crate::manifest;
use crate::model::{Direction, Workload};
use serde_json::json;

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    for (class, _) in scene.subjects() {
        for workload in scene.reach.members(class) {
            if workload.host_network {
                found.push(host_network(workload));
                continue;
            }
            let open = |direction: &Direction| !scene.reach.is_isolated(class, *direction);
            let directions: Vec<Direction> = Direction::ALL.into_iter().filter(open).collect();
            found.extend(finding(workload, &directions));
        }
    }
}

fn finding(workload: &Workload, directions: &[Direction]) -> Option<Finding> {
    let name = workload.name();
    let (what, gain) = match directions {
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
        gain,
        because: Vec::new(),
        remedy: manifest::yaml(&manifest::policy(&isolating(workload, directions, None))),
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
        gain: "whoever takes it over reaches what the node reaches: the kubelet, the metadata service, every pod".to_owned(),
        because: vec![(object.clone(), "hostNetwork: true".to_owned())],
        remedy: format!("# a patch: this alone changes\n{}", manifest::yaml(&patch)),
    }
}
