//! Finding 8: policies of a service graph that are missing or differ.

use super::finding::{Code, Finding, Severity};
use crate::generate::{Manifest, manifests};
use crate::model::graph::Graph;
use crate::model::{Cluster, Policy};

/// Finds each manifest of a service graph that is missing, or whose policies differ.
pub(super) fn find(cluster: &Cluster, graph: &Graph, found: &mut Vec<Finding>) {
    found.extend(manifests(graph).into_iter().filter_map(|manifest| difference(cluster, graph, manifest)));
}

fn difference(cluster: &Cluster, graph: &Graph, manifest: Manifest) -> Option<Finding> {
    let mut because = Vec::new();
    let mut absent = Vec::new();
    for policy in &manifest.policies {
        match cluster.policies.iter().find(|other| has_name_of(other, policy)) {
            None => absent.push(format!("`{}/{}`", policy.namespace(), policy.object.name)),
            Some(other) if !has_rules_of(other, policy) => {
                because.push((other.object.clone(), "which differs from the graph".to_owned()));
            }
            Some(_) => {}
        }
    }
    let message = match (absent.is_empty(), because.is_empty()) {
        (true, true) => return None,
        (true, false) => format!("the policies of `{}` differ from the graph", manifest.file),
        (false, _) => format!("`{}` of the graph is missing: {}", manifest.file, absent.join(", ")),
    };
    Some(Finding {
        code: Code::GraphPolicy,
        severity: Severity::Medium,
        object: graph.object.clone(),
        message,
        impact: format!("without it, {}", manifest.without),
        because,
        remedy: manifest.text,
    })
}

fn has_name_of(one: &Policy, other: &Policy) -> bool {
    one.namespace() == other.namespace() && one.object.name == other.object.name
}

fn has_rules_of(one: &Policy, other: &Policy) -> bool {
    (&one.pods, &one.ingress, &one.egress) == (&other.pods, &other.ingress, &other.egress)
}
