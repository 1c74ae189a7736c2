//! The allowed connections between classes of workloads.
//!
//! Both ends must allow a connection: the egress policies of the source and the ingress policies of the destination. An end
//! that no policy isolates in that direction allows everything; an isolated end allows what any rule of its policies allows.

mod classes;
mod groups;
mod name;
mod row;
mod rules;
mod verdict;

pub use classes::Class;
pub use name::Name;
pub use verdict::{AllowedBy, Party, Side, Verdict, verdict};

use crate::address::{Family, Range, split};
use crate::model::{Cluster, Direction, Peer, Workload};
use crate::ports::Ports;
use groups::Groups;
use row::Row;
use rules::{Compiled, Rows};

/// The allowed connections of a cluster.
pub struct Reach<'c> {
    cluster: &'c Cluster,
    classes: Vec<Class>,
    ranges: Vec<Range>,
    ingress: Vec<Row>,
    egress: Vec<Row>,
}

/// An end of a connection, as a class or a range of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    /// A class, as an index of [`Reach::classes`].
    Class(usize),
    /// A range of addresses outside the cluster, as an index of [`Reach::ranges`].
    Range(usize),
}

impl<'c> Reach<'c> {
    /// Computes the connections.
    pub fn new(cluster: &'c Cluster) -> Self {
        Self::with(cluster, &[], |_| String::new())
    }

    /// Computes the connections, with addresses also split at the ends of `further`, and classes also split by `key`.
    pub fn with(cluster: &'c Cluster, further: &[Range], key: impl Fn(&Workload) -> String) -> Self {
        let mut groups = Groups::new(cluster);
        let both =
            cluster.policies.iter().flat_map(|policy| Direction::ALL.map(|direction| (policy, direction)));
        let compile = |(policy, direction)| Compiled::new(policy, direction, &mut groups);
        let policies: Vec<Compiled> = both.filter_map(compile).collect();
        let classes = classes::classes(cluster, &groups, key);
        let mut of_group = vec![Vec::new(); groups.members().len()];
        for (index, class) in classes.iter().enumerate() {
            for group in &class.groups {
                if let Some(of) = of_group.get_mut(*group) {
                    of.push(index);
                }
            }
        }
        let mut cuts = cuts(cluster);
        cuts.extend(further);
        let ranges = split(cuts.iter());
        let rows = Rows { cluster, classes: &classes, of_group: &of_group, ranges: &ranges };
        let [ingress, egress] = Direction::ALL.map(|direction| direction_rows(&rows, &policies, direction));
        Self { cluster, classes, ranges, ingress, egress }
    }

    /// Returns the cluster.
    pub fn cluster(&self) -> &'c Cluster {
        self.cluster
    }

    /// Returns the classes of workloads.
    pub fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// Returns the ranges of addresses, sorted. Together they contain every address.
    pub fn ranges(&self) -> &[Range] {
        &self.ranges
    }

    /// Returns the workloads of a class.
    pub fn members(&self, class: usize) -> impl Iterator<Item = &'c Workload> + '_ {
        let members = self.classes.get(class).map(|class| class.members.as_slice()).unwrap_or_default();
        members.iter().filter_map(|member| self.cluster.workloads.get(*member))
    }

    /// Returns the name of a class: that of its first workload, and the number of further ones.
    pub fn group_name(&self, class: usize) -> String {
        let mut members = self.members(class);
        let first = members.next().map(|workload| workload.name()).unwrap_or_default();
        match members.count() {
            0 => first,
            more => format!("{first} +{more}"),
        }
    }

    /// Returns true if a policy isolates a class in a direction.
    pub fn is_isolated(&self, class: usize, direction: Direction) -> bool {
        self.row(direction, class).is_some_and(|row| row.isolated)
    }

    /// Returns the ports that one node reaches of another. A workload always reaches itself.
    pub fn ports(&self, from: Node, to: Node) -> Ports {
        let side = |direction, own: Node, other: Node| match (own, other) {
            (Node::Range(_), _) => None,
            (Node::Class(own), Node::Class(other)) => Some(self.row(direction, own)?.class(other)),
            (Node::Class(own), Node::Range(other)) => Some(self.row(direction, own)?.range(other)),
        };
        match (side(Direction::Egress, from, to), side(Direction::Ingress, to, from)) {
            (Some(out), Some(into)) => out.intersection(into),
            (Some(one), None) | (None, Some(one)) => one.clone(),
            (None, None) => Ports::default(),
        }
    }

    /// Returns each pair of classes with an allowed connection and its ports. Both may be the same class.
    pub fn pairs(&self) -> impl Iterator<Item = (usize, usize, Ports)> + '_ {
        let to_classes = (0..self.classes.len()).flat_map(move |to| {
            // Only the sources that the destination allows are checked; isolated destinations have few.
            self.sources(to).into_iter().filter_map(move |from| match from {
                Node::Class(from) => Some((from, to)),
                Node::Range(_) => None,
            })
        });
        to_classes.filter_map(|(from, to)| {
            let ports = self.ports(Node::Class(from), Node::Class(to));
            (!ports.is_empty()).then_some((from, to, ports))
        })
    }

    /// Returns the addresses and ports that a class may connect with in a direction. With `join`, adjacent ranges with the same
    /// ports are one.
    pub fn addresses(&self, class: usize, direction: Direction, join: bool) -> Vec<(Range, Ports)> {
        let Some(row) = self.row(direction, class) else { return Vec::new() };
        if join && row.ranges.is_empty() {
            let whole = Family::ALL.map(|family| (Range::every(family), row.everyone.clone()));
            return whole.into_iter().filter(|(_, ports)| !ports.is_empty()).collect();
        }
        let mut found: Vec<(Range, Ports)> = Vec::new();
        for (index, range) in self.ranges.iter().enumerate() {
            let ports = row.range(index);
            match found.last_mut() {
                _ if ports.is_empty() => {}
                Some((open, same)) if join && same == ports && open.touches(range) => open.last = range.last,
                _ => found.push((*range, ports.clone())),
            }
        }
        found
    }

    /// Returns the nodes that the ingress policies of a class allow. Their own egress policies are not checked.
    pub fn sources(&self, class: usize) -> Vec<Node> {
        self.peers(Direction::Ingress, class)
    }

    /// Returns the nodes that the egress policies of a class allow. Their own ingress policies are not checked.
    pub fn destinations(&self, class: usize) -> Vec<Node> {
        self.peers(Direction::Egress, class)
    }

    fn peers(&self, direction: Direction, class: usize) -> Vec<Node> {
        let Some(row) = self.row(direction, class) else { return Vec::new() };
        if row.everyone.is_empty() {
            let classes = row.classes.keys().map(|class| Node::Class(*class));
            classes.chain(row.ranges.keys().map(|range| Node::Range(*range))).collect()
        } else {
            let classes = (0..self.classes.len()).map(Node::Class);
            classes.chain((0..self.ranges.len()).map(Node::Range)).collect()
        }
    }

    fn row(&self, direction: Direction, class: usize) -> Option<&Row> {
        match direction {
            Direction::Ingress => self.ingress.get(class),
            Direction::Egress => self.egress.get(class),
        }
    }
}

/// Returns the ranges of all `ipBlock`s. Policies treat the addresses between their ends alike.
pub fn cuts(cluster: &Cluster) -> Vec<Range> {
    let rules = cluster.policies.iter().flat_map(|policy| [&policy.ingress, &policy.egress]);
    let peers = rules.flatten().flatten().filter_map(|rule| rule.peers.as_ref()).flatten();
    let blocks = peers.filter_map(|peer| match peer {
        Peer::Block(block) => Some(block),
        Peer::Pods(_) => None,
    });
    let mut cuts: Vec<Range> =
        blocks.flat_map(|block| std::iter::once(&block.range).chain(&block.except)).copied().collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

fn direction_rows(rows: &Rows<'_>, policies: &[Compiled], direction: Direction) -> Vec<Row> {
    let mut of: Vec<Vec<&[rules::CompiledRule]>> = vec![Vec::new(); rows.classes.len()];
    for policy in policies.iter().filter(|policy| policy.direction == direction) {
        for class in rows.of_group.get(policy.subject).into_iter().flatten() {
            if let Some(of) = of.get_mut(*class) {
                of.push(&policy.rules);
            }
        }
    }
    let can_be_isolated = |class: &Class| {
        let first = class.members.first().and_then(|member| rows.cluster.workloads.get(*member));
        first.is_some_and(|workload| !workload.host_network)
    };
    let row = |(index, (class, of)): (usize, (&Class, Vec<&[rules::CompiledRule]>))| {
        if of.is_empty() || !can_be_isolated(class) {
            return Row::open();
        }
        let mut row = Row { isolated: true, ..Row::default() };
        of.into_iter().flatten().for_each(|rule| rows.add(&mut row, rule, direction, index));
        row.finish();
        row
    };
    rows.classes.iter().zip(of).enumerate().map(row).collect()
}
