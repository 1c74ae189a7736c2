//! Finds connections that bypass NetworkPolicies or L7 policies. Each finding has an impact and a remedy.

mod admin_ports;
mod control_plane;
mod facts;
mod finding;
mod gateway_ports;
mod graph;
mod l7_bypass;
mod missing_module;
mod open_egress;
mod options;
mod outside_mesh;
mod remedy;
mod scene;
mod unselected;

pub use finding::{Code, Finding, Severity};
pub use options::Options;
pub use scene::AuditError;

use crate::model::Cluster;
use crate::ports::Ports;
use crate::reach::{Name, Node};
use scene::Scene;

/// Returns every finding about a cluster, sorted by code and object.
///
/// # Errors
/// Returns an error if the cluster could not be analyzed.
pub fn audit(cluster: &Cluster, options: &Options) -> Result<Vec<Finding>, AuditError> {
    let complete = facts::complete(cluster, options);
    let mut cuts = control_plane::cuts(options);
    cuts.extend(open_egress::cuts(&complete));
    let scene = Scene::new(&complete, options, &cuts)?;
    let mut found = Vec::new();
    unselected::find(&scene, &mut found);
    l7_bypass::find(&scene, &mut found);
    missing_module::find(&scene, &mut found);
    open_egress::find(&scene, &mut found);
    control_plane::find(&scene, &mut found);
    outside_mesh::find(&scene, &mut found);
    admin_ports::find(&scene, &mut found);
    gateway_ports::find(&scene, &mut found);
    cluster.graphs.iter().for_each(|graph| graph::find(cluster, graph, &mut found));
    found.sort_by(|a, b| (a.code, &a.object, &a.message).cmp(&(b.code, &b.object, &b.message)));
    Ok(found)
}

/// Returns the sources that bypass the L7 policy of a workload, with the ports. Workloads without a manifest are left out.
///
/// # Errors
/// Returns an error if the cluster could not be analyzed.
pub fn bypasses(cluster: &Cluster, options: &Options) -> Result<Vec<(Name, String, Ports)>, AuditError> {
    let complete = facts::complete(cluster, options);
    let scene = Scene::new(&complete, options, &[])?;
    let names = |class: usize| -> Vec<String> {
        let members =
            scene.reach.members(class).filter(|workload| cluster.workload(&workload.name()).is_some());
        members.map(|workload| workload.name()).collect()
    };
    let mut bypasses = Vec::new();
    for (from, to, ports) in l7_bypass::pairs(&scene) {
        let from: Vec<Name> = match from {
            Node::Class(class) => names(class).into_iter().map(|name| Name::Workload(name.into())).collect(),
            Node::Range(range) => {
                scene.reach.ranges().get(range).copied().map(Name::Range).into_iter().collect()
            }
        };
        for to in names(to) {
            bypasses.extend(from.iter().map(|from| (from.clone(), to.clone(), ports.clone())));
        }
    }
    Ok(bypasses)
}

#[cfg(test)]
mod tests;
