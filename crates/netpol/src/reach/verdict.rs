//! The decision on one connection, with its reasons.
//!
//! It evaluates the policies one by one; [`Reach`](super::Reach) evaluates them for all workloads at once.

use crate::address::Range;
use crate::model::{Cluster, Direction, Peer, Policy, PolicyPort, Rule, Workload};
use crate::ports::Protocol;

/// An end of a connection.
#[derive(Debug, Clone, Copy)]
pub enum Party<'c> {
    /// A workload.
    Workload(&'c Workload),
    /// An address outside the cluster.
    Address(Range),
}

/// The decision on a connection.
#[derive(Debug, Clone)]
pub struct Verdict<'c> {
    /// The egress side of the source.
    pub egress: Side<'c>,
    /// The ingress side of the destination.
    pub ingress: Side<'c>,
    /// True if both ends are the same pod, which always reaches itself.
    pub itself: bool,
}

/// The decision of one side.
#[derive(Debug, Clone)]
pub enum Side<'c> {
    /// The end is outside the cluster, where NetworkPolicies do not apply.
    Outside,
    /// The pods use the network of their node, which NetworkPolicies do not isolate.
    HostNetwork,
    /// No policy selects the workload in this direction.
    Open,
    /// Policies select the workload.
    Selected {
        /// The policies.
        policies: Vec<&'c Policy>,
        /// The rules that allow the connection; it is denied if there are none.
        allowed_by: Vec<AllowedBy<'c>>,
    },
}

/// A rule that allows the connection.
#[derive(Debug, Clone, Copy)]
pub struct AllowedBy<'c> {
    /// The policy.
    pub policy: &'c Policy,
    /// The index of the rule in its direction, from 0.
    pub rule: usize,
}

impl Verdict<'_> {
    /// Returns true if the connection is allowed.
    pub fn is_allowed(&self) -> bool {
        self.itself || (self.egress.allows() && self.ingress.allows())
    }
}

impl Side<'_> {
    /// Returns true if this side allows the connection.
    pub fn allows(&self) -> bool {
        !matches!(self, Self::Selected { allowed_by, .. } if allowed_by.is_empty())
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
    let query = Query { cluster, to, protocol, port };
    Verdict {
        egress: query.side(Direction::Egress, from, to),
        ingress: query.side(Direction::Ingress, to, from),
        itself,
    }
}

struct Query<'c> {
    cluster: &'c Cluster,
    to: Party<'c>,
    protocol: Protocol,
    port: u16,
}

impl<'c> Query<'c> {
    fn side(&self, direction: Direction, own: Party<'c>, other: Party<'c>) -> Side<'c> {
        let Party::Workload(own) = own else { return Side::Outside };
        if own.host_network {
            return Side::HostNetwork;
        }
        let of = |policy: &&Policy| policy.selects(own, direction);
        let policies: Vec<&Policy> = self.cluster.policies.iter().filter(of).collect();
        if policies.is_empty() {
            return Side::Open;
        }
        let mut allowed_by = Vec::new();
        for policy in &policies {
            for (index, rule) in policy.rules(direction).unwrap_or_default().iter().enumerate() {
                if self.peer(policy, rule, other) && self.port(rule) {
                    allowed_by.push(AllowedBy { policy, rule: index });
                }
            }
        }
        Side::Selected { policies, allowed_by }
    }

    fn peer(&self, policy: &Policy, rule: &Rule, other: Party<'_>) -> bool {
        let Some(peers) = &rule.peers else { return true };
        peers.iter().any(|peer| match (peer, other) {
            (Peer::Block(block), Party::Address(address)) => block.contains(&address),
            (peer, Party::Workload(other)) => self.cluster.is_peer(peer, policy.namespace(), other),
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
