//! One connection, with the policies that decide it.
//!
//! This reads the policies one by one, where [`Reach`](super::Reach) reads them for all workloads at once.

use crate::address::Range;
use crate::model::{Cluster, Direction, Peer, Policy, PolicyPort, Rule, Workload};
use crate::ports::Protocol;

/// An end of a connection.
#[derive(Debug, Clone, Copy)]
pub enum Party<'c> {
    /// A workload.
    Workload(&'c Workload),
    /// An address outside of the cluster.
    Address(Range),
}

/// What came of a connection.
#[derive(Debug, Clone)]
pub struct Verdict<'c> {
    /// What the source's side says.
    pub egress: Side<'c>,
    /// What the destination's side says.
    pub ingress: Side<'c>,
    /// Whether the ends are one pod, which always reaches itself.
    pub itself: bool,
}

/// What one side says.
#[derive(Debug, Clone)]
pub enum Side<'c> {
    /// It is outside of the cluster, where no NetworkPolicy is.
    Outside,
    /// Its pods use the network of their node, which NetworkPolicies do not hold.
    HostNetwork,
    /// No policy selects it in this direction.
    Open,
    /// Policies select it.
    Selected {
        /// All that do.
        policies: Vec<&'c Policy>,
        /// What gives leave; nothing: denied.
        leaves: Vec<Leave<'c>>,
    },
}

/// A rule that allows the connection.
#[derive(Debug, Clone, Copy)]
pub struct Leave<'c> {
    /// The policy.
    pub policy: &'c Policy,
    /// The index of the rule in its direction, from 0.
    pub rule: usize,
}

impl Verdict<'_> {
    /// Whether the connection is allowed.
    pub fn is_allowed(&self) -> bool {
        self.itself || (self.egress.allows() && self.ingress.allows())
    }
}

impl Side<'_> {
    /// Whether this side allows it.
    pub fn allows(&self) -> bool {
        !matches!(self, Self::Selected { leaves, .. } if leaves.is_empty())
    }
}

/// Decides one connection.
pub fn verdict<'c>(
    cluster: &'c Cluster,
    from: Party<'c>,
    to: Party<'c>,
    protocol: Protocol,
    port: u16,
) -> Verdict<'c> {
    let itself = matches!((from, to), (Party::Workload(a), Party::Workload(b)) if a.object == b.object);
    let asked = Asked { cluster, to, protocol, port };
    Verdict {
        egress: asked.end(Direction::Egress, from, to),
        ingress: asked.end(Direction::Ingress, to, from),
        itself,
    }
}

struct Asked<'c> {
    cluster: &'c Cluster,
    to: Party<'c>,
    protocol: Protocol,
    port: u16,
}

impl<'c> Asked<'c> {
    fn end(&self, direction: Direction, own: Party<'c>, other: Party<'c>) -> Side<'c> {
        let Party::Workload(own) = own else { return Side::Outside };
        if own.host_network {
            return Side::HostNetwork;
        }
        let of = |policy: &&Policy| policy.selects(own, direction);
        let policies: Vec<&Policy> = self.cluster.policies.iter().filter(of).collect();
        if policies.is_empty() {
            return Side::Open;
        }
        let mut leaves = Vec::new();
        for policy in &policies {
            for (index, rule) in policy.rules(direction).unwrap_or_default().iter().enumerate() {
                if self.peer(policy, rule, other) && self.port(rule) {
                    leaves.push(Leave { policy, rule: index });
                }
            }
        }
        Side::Selected { policies, leaves }
    }

    fn peer(&self, policy: &Policy, rule: &Rule, other: Party<'_>) -> bool {
        let Some(peers) = &rule.peers else { return true };
        peers.iter().any(|peer| match (peer, other) {
            (Peer::Block(block), Party::Address(address)) => block.contains(&address),
            (Peer::Pods(pods), Party::Workload(other)) => {
                self.cluster.is_peer(pods, policy.namespace(), other)
            }
            _ => false,
        })
    }

    fn port(&self, rule: &Rule) -> bool {
        let Some(ports) = &rule.ports else { return true };
        ports.iter().any(|port| match (port, self.to) {
            (PolicyPort::Range(range), _) => {
                range.protocol == self.protocol && (range.first..=range.last).contains(&self.port)
            }
            (PolicyPort::Named(protocol, name), Party::Workload(to)) => {
                *protocol == self.protocol && to.named(*protocol, name).any(|port| port == self.port)
            }
            (PolicyPort::Named(..), Party::Address(_)) => false,
        })
    }
}
