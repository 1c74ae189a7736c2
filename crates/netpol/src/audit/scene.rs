//! The cluster with what the audit needs to know about it.

use super::facts::{Facts, Role};
use super::options::Options;
use crate::address::Range;
use crate::model::{Cluster, Direction, ObjectRef, Workload};
use crate::ports::Ports;
use crate::reach::{Node, Reach};
use std::collections::HashMap;
use std::fmt;

/// A cluster, its connections, and facts about each class of workloads.
pub(super) struct Scene<'s> {
    pub cluster: &'s Cluster,
    pub options: &'s Options,
    pub reach: Reach<'s>,
    facts: Vec<Facts>,
}

impl<'s> Scene<'s> {
    pub(super) fn new(
        cluster: &'s Cluster,
        options: &'s Options,
        cuts: &[Range],
    ) -> Result<Self, AuditError> {
        let facts: HashMap<&ObjectRef, Facts> = (cluster.workloads.iter())
            .map(|workload| (&workload.object, Facts::of(cluster, options, workload)))
            .collect();
        let key = |workload: &Workload| facts.get(&workload.object).map(Facts::key).unwrap_or_default();
        let reach = Reach::with(cluster, cuts, key);
        let facts = facts_of_classes(&reach, &facts)?;
        Ok(Self { cluster, options, facts, reach })
    }

    /// Returns every class with its facts.
    pub(super) fn classes(&self) -> impl Iterator<Item = (usize, &Facts)> {
        self.facts.iter().enumerate()
    }

    /// Returns the classes that are audited.
    pub(super) fn subjects(&self) -> impl Iterator<Item = (usize, &Facts)> {
        // An istiod without a manifest is assumed, not audited.
        let is_audited = |of: &Facts| of.role == Role::Subject || (of.role == Role::Istiod && !of.implied);
        self.classes().filter(move |(_, facts)| is_audited(facts))
    }

    /// Returns the audited classes that are isolated in a direction. Finding 1 covers the others.
    pub(super) fn isolated(&self, direction: Direction) -> impl Iterator<Item = (usize, &Facts)> {
        self.subjects().filter(move |(class, _)| self.reach.is_isolated(*class, direction))
    }

    pub(super) fn facts(&self, class: usize) -> Option<&Facts> {
        self.facts.get(class)
    }

    /// Returns the classes and ranges that reach some ports of a class. The class itself is one of them if it has several
    /// workloads.
    pub(super) fn sources(&self, to: usize, ports: &Ports) -> Vec<(Node, Ports)> {
        let other = |node: &Node| match node {
            Node::Class(class) if *class == to => self.reach.members(to).nth(1).is_some(),
            // An implied istiod is covered by the class of unknown pods.
            Node::Class(class) => !self.facts(*class).is_some_and(|of| of.implied && of.role == Role::Istiod),
            Node::Range(_) => true,
        };
        let nodes = self.reach.sources(to).into_iter();
        nodes
            .filter(other)
            .map(|from| (from, self.reach.ports(from, Node::Class(to)).intersection(ports)))
            .filter(|(_, ports)| !ports.is_empty())
            .collect()
    }

    /// Describes sources or destinations and the union of their ports for a message; none if there are none.
    pub(super) fn describe(&self, ends: &[(Node, Ports)]) -> Option<(String, String)> {
        let nodes: Vec<Node> = ends.iter().map(|(node, _)| *node).collect();
        let ports: Ports = ends.iter().flat_map(|(_, ports)| ports.iter()).collect();
        (!ends.is_empty()).then(|| (self.names(&nodes), describe_ports(&ports)))
    }

    /// Describes some nodes for a message.
    pub(super) fn names(&self, nodes: &[Node]) -> String {
        let mut names = Vec::new();
        let mut ranges: Vec<Range> = Vec::new();
        let mut anyone = false;
        for node in nodes {
            match node {
                Node::Class(class) if self.facts(*class).is_some_and(|facts| facts.role == Role::Anyone) => {
                    anyone = true;
                }
                Node::Class(class) => names.push(format!("`{}`", self.reach.group_name(*class))),
                Node::Range(range) => ranges.extend(self.reach.ranges().get(*range)),
            }
        }
        let more = names.len().saturating_sub(3);
        names.truncate(3);
        if more > 0 {
            names.push(format!("{more} more"));
        }
        if anyone {
            names.push("any other pod of the cluster".to_owned());
        }
        if !ranges.is_empty() {
            names.push(format!("addresses outside ({})", describe_ranges(&join(ranges))));
        }
        match names.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
            None => String::new(),
        }
    }
}

/// The cluster could not be analyzed: a class of workloads has no facts, so its findings would be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditError {
    /// The class.
    class: String,
}

impl fmt::Display for AuditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the audit has no facts about `{}`; this is a bug, please report it", self.class)
    }
}

impl std::error::Error for AuditError {}

/// Returns the facts of each class: those of its first workload.
fn facts_of_classes(reach: &Reach<'_>, facts: &HashMap<&ObjectRef, Facts>) -> Result<Vec<Facts>, AuditError> {
    let of = |class| {
        let first = reach.members(class).next().and_then(|first| facts.get(&first.object));
        first.cloned().ok_or_else(|| AuditError { class: reach.group_name(class) })
    };
    (0..reach.classes().len()).map(of).collect()
}

/// Describes ports for a message.
pub(super) fn describe_ports(ports: &Ports) -> String {
    if ports.is_all() { "every port".to_owned() } else { ports.to_string() }
}

/// Describes ranges for a message: the first one, and the number of further ones.
pub(super) fn describe_ranges(ranges: &[Range]) -> String {
    match ranges {
        [] => String::new(),
        [first] => first.to_string(),
        [first, more @ ..] => format!("{first} and {} more", more.len()),
    }
}

/// Joins adjacent ranges of a sorted list.
pub(super) fn join(ranges: Vec<Range>) -> Vec<Range> {
    let mut joined: Vec<Range> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(open) if open.touches(&range) => open.last = range.last,
            _ => joined.push(range),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::facts_of_classes;
    use crate::reach::Reach;
    use std::collections::HashMap;

    #[test]
    fn a_workload_without_facts_is_an_error() {
        let pod = "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c}]}}";
        let cluster = crate::read([("f", pod)]).unwrap();
        let error = facts_of_classes(&Reach::new(&cluster), &HashMap::new()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the audit has no facts about `default/Pod/a`; this is a bug, please report it"
        );
    }
}
