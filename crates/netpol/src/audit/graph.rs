//! The policies that a service graph asks for, held against those that are there.

use super::{Code, Finding, Severity};
use crate::generate::{Manifest, Problem, manifests};
use crate::model::{Cluster, ObjectRef, Policy};
use crate::read;

/// Each manifest of a service graph that is not there, or is there with other rules: a hole where it closes something,
/// and otherwise calls that fail. `object` is the graph, `text` the file in which it stands alone.
///
/// # Errors
/// Every problem of the graph.
pub fn against_graph(
    cluster: &Cluster,
    object: &ObjectRef,
    text: &str,
) -> Result<Vec<Finding>, Vec<Problem>> {
    let asked = manifests(text)?;
    Ok(asked.iter().filter_map(|manifest| lacking(cluster, object, manifest)).collect())
}

fn lacking(cluster: &Cluster, graph: &ObjectRef, manifest: &Manifest) -> Option<Finding> {
    let asked = read([(&manifest.file, &manifest.text)]).ok()?;
    let mut because = Vec::new();
    let mut absent = Vec::new();
    for policy in &asked.policies {
        match cluster.policies.iter().find(|other| is_called(other, policy)) {
            None => absent.push(format!("`{}/{}`", policy.namespace(), policy.object.name)),
            Some(other) if !says_the_same(other, policy) => {
                because.push((other.object.clone(), "which says something else".to_owned()));
            }
            Some(_) => {}
        }
    }
    let message = match (absent.is_empty(), because.is_empty()) {
        (true, true) => return None,
        (true, false) => format!("`{}` of the graph is not what is there", manifest.file),
        (false, _) => format!("`{}` of the graph is missing: {}", manifest.file, absent.join(", ")),
    };
    Some(Finding {
        code: Code::GraphPolicy,
        severity: Severity::Medium,
        object: graph.clone(),
        message,
        gain: format!("without it, {}", manifest.without),
        because,
        remedy: manifest.text.clone(),
    })
}

fn is_called(one: &Policy, other: &Policy) -> bool {
    one.namespace() == other.namespace() && one.object.name == other.object.name
}

fn says_the_same(one: &Policy, other: &Policy) -> bool {
    (&one.pods, &one.ingress, &one.egress) == (&other.pods, &other.ingress, &other.egress)
}
