//! A NetworkPolicy, with its defaults filled in.

use super::labels::Selector;
use super::object::ObjectRef;
use super::workload::Workload;
use crate::address::Range;
use crate::ports::{PortRange, Protocol};
use std::fmt;

/// Which way a connection goes, seen from a pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Connections to the pod.
    Ingress,
    /// Connections from the pod.
    Egress,
}

impl Direction {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Ingress, Self::Egress];
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ingress => "ingress",
            Self::Egress => "egress",
        })
    }
}

/// A NetworkPolicy.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The object; its namespace is always known.
    pub object: ObjectRef,
    /// The pods of its namespace that it is about.
    pub pods: Selector,
    /// What it allows in; nothing where it is not about ingress.
    pub ingress: Option<Vec<Rule>>,
    /// What it allows out; nothing where it is not about egress.
    pub egress: Option<Vec<Rule>>,
}

impl Policy {
    /// The namespace.
    pub fn namespace(&self) -> &str {
        self.object.namespace.as_deref().unwrap_or_default()
    }

    /// Whether it is about a workload in a direction.
    pub fn selects(&self, workload: &Workload, direction: Direction) -> bool {
        self.rules(direction).is_some()
            && self.namespace() == workload.namespace()
            && self.pods.matches(&workload.labels)
    }

    /// The rules of a direction, where the policy is about it.
    pub fn rules(&self, direction: Direction) -> Option<&[Rule]> {
        match direction {
            Direction::Ingress => self.ingress.as_deref(),
            Direction::Egress => self.egress.as_deref(),
        }
    }
}

/// A rule of a policy: what matches a peer and a port is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Who; nothing means everyone, inside the cluster and outside. An empty list of a manifest is that too.
    pub peers: Option<Vec<Peer>>,
    /// Which ports; nothing means every port. An empty list of a manifest is that too.
    pub ports: Option<Vec<PolicyPort>>,
}

/// Who may be at the other end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Peer {
    /// Pods of the cluster.
    Pods(Pods),
    /// Addresses outside of it.
    Block(Block),
}

/// Pods of some namespaces.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pods {
    /// The namespaces; nothing means that of the policy.
    pub namespaces: Option<Selector>,
    /// The pods in them.
    pub pods: Selector,
}

/// Addresses without some of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Block {
    /// The addresses.
    pub range: Range,
    /// Those that do not count.
    pub except: Vec<Range>,
}

impl Block {
    /// Whether all of a range is among the addresses. A range is never partly among them: ranges end where blocks do.
    pub fn contains(&self, range: &Range) -> bool {
        self.range.contains(range) && !self.except.iter().any(|except| except.overlaps(range))
    }
}

/// A port of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyPort {
    /// Ports by number.
    Range(PortRange),
    /// A port by the name that it has in the destination's containers.
    Named(Protocol, String),
}
