//! The ways around the policies, both layers joined: for each, what an attacker gains and the manifest that closes it.

mod admin_ports;
mod control_plane;
mod facts;
mod finding;
mod gateway_ports;
mod l7_bypass;
mod open_egress;
mod options;
mod outside_mesh;
mod remedy;
mod scene;
mod unselected;

pub use finding::{Code, Finding, Severity};
pub use options::Options;

use crate::model::Cluster;
use scene::Scene;

/// Every way around the policies of a cluster, sorted by kind and object.
pub fn audit(cluster: &Cluster, options: &Options) -> Vec<Finding> {
    let complete = facts::complete(cluster, options);
    let mut cuts = control_plane::cuts(options);
    cuts.extend(open_egress::cuts(&complete));
    let Some(scene) = Scene::new(&complete, options, &cuts) else { return Vec::new() };
    let mut found = Vec::new();
    unselected::find(&scene, &mut found);
    l7_bypass::find(&scene, &mut found);
    open_egress::find(&scene, &mut found);
    control_plane::find(&scene, &mut found);
    outside_mesh::find(&scene, &mut found);
    admin_ports::find(&scene, &mut found);
    gateway_ports::find(&scene, &mut found);
    found.sort_by(|a, b| (a.code, &a.object, &a.message).cmp(&(b.code, &b.object, &b.message)));
    found
}

#[cfg(test)]
mod tests;
