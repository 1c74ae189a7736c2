//! The cluster as the audit walks through it.

use super::facts::{Facts, Role};
use super::options::Options;
use crate::address::Range;
use crate::matrix::group_name;
use crate::model::{Cluster, Direction, ObjectRef, Workload};
use crate::ports::Ports;
use crate::reach::{Node, Reach};
use std::collections::HashMap;

/// The cluster, who reaches whom in it, and what is known about each class.
pub(super) struct Scene<'s> {
    pub cluster: &'s Cluster,
    pub options: &'s Options,
    pub reach: Reach<'s>,
    facts: Vec<Facts>,
}

impl<'s> Scene<'s> {
    pub(super) fn new(cluster: &'s Cluster, options: &'s Options, cuts: &[Range]) -> Option<Self> {
        let facts: HashMap<&ObjectRef, Facts> = (cluster.workloads.iter())
            .map(|workload| (&workload.object, Facts::of(cluster, options, workload)))
            .collect();
        let key = |workload: &Workload| facts.get(&workload.object).map(Facts::key).unwrap_or_default();
        let reach = Reach::with(cluster, cuts, key);
        let first = |class: usize| reach.members(class).next().and_then(|first| facts.get(&first.object));
        let facts: Option<Vec<Facts>> =
            (0..reach.classes().len()).map(|class| first(class).cloned()).collect();
        Some(Self { cluster, options, facts: facts?, reach })
    }

    /// The classes, with what is known about them.
    pub(super) fn classes(&self) -> impl Iterator<Item = (usize, &Facts)> {
        self.facts.iter().enumerate()
    }

    /// The classes that are audited.
    pub(super) fn subjects(&self) -> impl Iterator<Item = (usize, &Facts)> {
        self.classes().filter(|(_, facts)| {
            matches!(facts.role, Role::Subject | Role::Istiod) && !self.is_made_up(facts)
        })
    }

    /// The audited classes that policies hold in a direction; of the others finding 1 says all there is to say.
    pub(super) fn held(&self, direction: Direction) -> impl Iterator<Item = (usize, &Facts)> {
        self.subjects().filter(move |(class, _)| self.reach.is_isolated(*class, direction))
    }

    pub(super) fn facts(&self, class: usize) -> Option<&Facts> {
        self.facts.get(class)
    }

    /// Who else reaches some ports of a class: every class, its own where it has several workloads, and every range.
    pub(super) fn sources(&self, to: usize, ports: &Ports) -> Vec<(Node, Ports)> {
        let other = |node: &Node| match node {
            Node::Class(class) if *class == to => self.reach.members(to).nth(1).is_some(),
            // What any pod stands for as well, unless a manifest holds it.
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

    /// What people call some nodes.
    pub(super) fn names(&self, nodes: &[Node]) -> String {
        let mut names = Vec::new();
        let mut ranges: Vec<Range> = Vec::new();
        let mut anyone = false;
        for node in nodes {
            match node {
                Node::Class(class) if self.facts(*class).is_some_and(|facts| facts.role == Role::Anyone) => {
                    anyone = true;
                }
                Node::Class(class) => names.push(format!("`{}`", group_name(&self.reach, *class))),
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
        let ranges = join(ranges);
        if let Some(first) = ranges.first() {
            let more = ranges.len() - 1;
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            names.push(format!("addresses outside ({first}{more})"));
        }
        match names.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
            None => String::new(),
        }
    }

    /// A workload that no manifest holds and no Gateway makes.
    fn is_made_up(&self, facts: &Facts) -> bool {
        facts.implied && facts.role != Role::Subject
    }
}

/// What people call some ports.
pub(super) fn spoken(ports: &Ports) -> String {
    if ports.is_all() { "every port".to_owned() } else { ports.to_string() }
}

/// Joins sorted ranges that touch.
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
