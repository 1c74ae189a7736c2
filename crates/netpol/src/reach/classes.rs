//! Classes of workloads that all policies treat alike.

use super::groups::Groups;
use crate::model::{Cluster, PolicyPort, Workload};
use crate::ports::Protocol;
use std::collections::{BTreeSet, HashMap};

/// Workloads that all policies treat alike: each has the same connections.
#[derive(Debug, Clone)]
pub struct Class {
    /// The workloads as indexes of [`Cluster::workloads`], ascending; at least one.
    pub members: Vec<usize>,
    /// The groups of selectors that contain them, ascending.
    pub(super) groups: Vec<usize>,
}

/// Sorts workloads into classes: by the groups that contain them, by the numbers of the named ports that policies use, by
/// `hostNetwork`, and by `key`.
pub(super) fn classes(
    cluster: &Cluster,
    groups: &Groups<'_>,
    key: impl Fn(&Workload) -> String,
) -> Vec<Class> {
    let mut of: Vec<Vec<usize>> = vec![Vec::new(); cluster.workloads.len()];
    for (group, members) in groups.members().iter().enumerate() {
        for member in members {
            if let Some(groups) = of.get_mut(*member) {
                groups.push(group);
            }
        }
    }
    let names = port_names(cluster);
    let mut classes: Vec<Class> = Vec::new();
    let mut known = HashMap::new();
    for (index, (workload, groups)) in cluster.workloads.iter().zip(of).enumerate() {
        let named: BTreeSet<(Protocol, &str, u16)> = (workload.ports.iter())
            .filter_map(|port| Some((port.protocol, port.name.as_deref()?, port.port)))
            .filter(|(protocol, name, _)| names.contains(&(*protocol, *name)))
            .collect();
        let signature = (groups, named, workload.host_network, key(workload));
        match known.get(&signature).and_then(|class: &usize| classes.get_mut(*class)) {
            Some(class) => class.members.push(index),
            None => {
                classes.push(Class { members: vec![index], groups: signature.0.clone() });
                known.insert(signature, classes.len() - 1);
            }
        }
    }
    classes
}

/// Returns the names of ports that policies use.
fn port_names(cluster: &Cluster) -> BTreeSet<(Protocol, &str)> {
    let rules = cluster.policies.iter().flat_map(|policy| [&policy.ingress, &policy.egress]);
    let ports = rules.flatten().flatten().filter_map(|rule| rule.ports.as_ref()).flatten();
    ports
        .filter_map(|port| match port {
            PolicyPort::Named(protocol, name) => Some((*protocol, name.as_str())),
            PolicyPort::Range(_) => None,
        })
        .collect()
}
