//! A NetworkPolicy, with its defaults filled in.

use super::labels::{Labels, Selector, namespace_labels};
use super::object::ObjectRef;
use super::workload::Workload;
use crate::address::Range;
use crate::ports::{PortRange, Protocol};
use std::fmt;

/// The direction of a connection, as seen from a pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Connections to the pod.
    Ingress,
    /// Connections from the pod.
    Egress,
}

impl Direction {
    /// Both directions.
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
    /// The object; its namespace is always set.
    pub object: ObjectRef,
    /// The selector of the pods in its namespace.
    pub pods: Selector,
    /// The ingress rules; none if it does not isolate ingress.
    pub ingress: Option<Vec<Rule>>,
    /// The egress rules; none if it does not isolate egress.
    pub egress: Option<Vec<Rule>>,
}

impl Policy {
    /// Returns the namespace.
    pub fn namespace(&self) -> &str {
        self.object.namespace.as_deref().unwrap_or_default()
    }

    /// Returns true if it isolates a workload in a direction.
    pub fn selects(&self, workload: &Workload, direction: Direction) -> bool {
        self.rules(direction).is_some()
            && self.namespace() == workload.namespace()
            && self.pods.matches(&workload.labels)
    }

    /// Returns the rules of a direction, if the policy isolates it.
    pub fn rules(&self, direction: Direction) -> Option<&[Rule]> {
        match direction {
            Direction::Ingress => self.ingress.as_deref(),
            Direction::Egress => self.egress.as_deref(),
        }
    }
}

/// A rule of a policy. It allows connections that match one of its peers and one of its ports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The peers; none for every pod and address. An empty list in a manifest is none, too.
    pub peers: Option<Vec<Peer>>,
    /// The ports; none for every port. An empty list in a manifest is none, too.
    pub ports: Option<Vec<PolicyPort>>,
}

/// The other end of allowed connections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Peer {
    /// Pods of the cluster.
    Pods(Pods),
    /// Addresses outside the cluster.
    Block(Block),
}

/// Pods of some namespaces.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pods {
    /// The selector of namespaces; none for the namespace of the policy.
    pub namespaces: Option<Selector>,
    /// The selector of pods in them.
    pub pods: Selector,
}

/// An `ipBlock`: addresses with exceptions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Block {
    /// The addresses.
    pub range: Range,
    /// The exceptions.
    pub except: Vec<Range>,
}

/// An `ipBlock` without exceptions.
impl From<Range> for Peer {
    fn from(range: Range) -> Self {
        Self::Block(Block { range, except: Vec::new() })
    }
}

impl Peer {
    /// Creates a peer for the pods with some labels in one namespace.
    pub(crate) fn pods(namespace: &str, labels: &Labels) -> Self {
        let namespaces = Some(Selector::of(&namespace_labels(namespace)));
        Self::Pods(Pods { namespaces, pods: Selector::of(labels) })
    }
}

impl Block {
    /// Returns true if the block contains a range. No range is partly in a block, since ranges are split at the ends of blocks.
    pub fn contains(&self, range: &Range) -> bool {
        self.range.contains(range) && !self.except.iter().any(|except| except.overlaps(range))
    }
}

/// A port of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyPort {
    /// Port numbers.
    Range(PortRange),
    /// The name of a port of the destination's containers.
    Named(Protocol, String),
}
