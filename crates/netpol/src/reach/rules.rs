//! Converts rules of policies to rows.

use super::classes::Class;
use super::groups::{Groups, Scope};
use super::row::{Row, add};
use crate::address::Range;
use crate::model::{Block, Cluster, Direction, Peer, Policy, PolicyPort, Rule};
use crate::ports::{PortRange, Ports};

/// The rules of a policy in a direction that it isolates. Its selectors are replaced by groups.
pub(super) struct Compiled {
    pub subject: usize,
    pub direction: Direction,
    pub rules: Vec<CompiledRule>,
}

pub(super) struct CompiledRule {
    /// None for every end.
    peers: Option<(Vec<usize>, Vec<Block>)>,
    ports: Option<Vec<PolicyPort>>,
}

impl Compiled {
    pub(super) fn new(policy: &Policy, direction: Direction, groups: &mut Groups<'_>) -> Option<Self> {
        let rules = policy.rules(direction)?;
        let subject = groups.group(Scope::Named(policy.namespace().to_owned()), &policy.pods);
        let rules = rules.iter().map(|rule| compile(rule, policy.namespace(), groups)).collect();
        Some(Self { subject, direction, rules })
    }
}

fn compile(rule: &Rule, namespace: &str, groups: &mut Groups<'_>) -> CompiledRule {
    let peers = rule.peers.as_ref().map(|peers| {
        let (mut pods, mut blocks) = (Vec::new(), Vec::new());
        for peer in peers {
            match peer {
                Peer::Pods(peer) => {
                    let scope = match &peer.namespaces {
                        Some(selector) => Scope::Selected(selector.clone()),
                        None => Scope::Named(namespace.to_owned()),
                    };
                    pods.push(groups.group(scope, &peer.pods));
                }
                Peer::Block(block) => blocks.push(block.clone()),
            }
        }
        (pods, blocks)
    });
    CompiledRule { peers, ports: rule.ports.clone() }
}

/// The context of the conversion.
pub(super) struct Rows<'r> {
    pub cluster: &'r Cluster,
    pub classes: &'r [Class],
    /// The classes of each group.
    pub of_group: &'r [Vec<usize>],
    pub ranges: &'r [Range],
}

impl Rows<'_> {
    /// Adds what a rule allows to the row of `class`.
    pub(super) fn add(&self, row: &mut Row, rule: &CompiledRule, direction: Direction, class: usize) {
        let fixed = fixed(rule.ports.as_deref());
        let names = rule.ports.iter().flatten().any(|port| matches!(port, PolicyPort::Named(..)));
        // A name refers to ports of the destination: of this class for ingress, of each other class for egress.
        let own = match direction {
            Direction::Ingress if names => fixed.union(&self.named(rule, class)),
            _ => fixed,
        };
        let resolve = names && direction == Direction::Egress;
        let with = |other: usize| if resolve { own.union(&self.named(rule, other)) } else { own.clone() };
        match &rule.peers {
            None => {
                row.everyone = row.everyone.union(&own);
                if resolve {
                    (0..self.classes.len()).for_each(|other| add(&mut row.classes, other, &with(other)));
                }
            }
            Some((groups, blocks)) => {
                let classes = groups.iter().filter_map(|group| self.of_group.get(*group)).flatten();
                classes.for_each(|other| add(&mut row.classes, *other, &with(*other)));
                for (index, range) in self.ranges.iter().enumerate() {
                    if blocks.iter().any(|block| block.contains(range)) {
                        add(&mut row.ranges, index, &own);
                    }
                }
            }
        }
    }

    /// Returns the ports of a class that the names in a rule refer to.
    fn named(&self, rule: &CompiledRule, class: usize) -> Ports {
        let member = self.classes.get(class).and_then(|class| class.members.first());
        let Some(workload) = member.and_then(|member| self.cluster.workloads.get(*member)) else {
            return Ports::default();
        };
        let named = rule.ports.iter().flatten().filter_map(|port| match port {
            PolicyPort::Named(protocol, name) => Some((*protocol, name)),
            PolicyPort::Range(_) => None,
        });
        named
            .flat_map(|(protocol, name)| {
                workload.named(protocol, name).map(move |port| PortRange::one(protocol, port))
            })
            .collect()
    }
}

/// Returns the port numbers of a rule; all if the rule has no ports.
fn fixed(ports: Option<&[PolicyPort]>) -> Ports {
    let Some(ports) = ports else { return Ports::all() };
    let numbers = ports.iter().filter_map(|port| match port {
        PolicyPort::Range(range) => Some(*range),
        PolicyPort::Named(..) => None,
    });
    numbers.collect()
}
