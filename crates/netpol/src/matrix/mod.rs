//! Who may reach whom, as people and programs read it.

mod dot;
mod json;
mod picture;
mod svg;

mod table;

pub use dot::dot;
pub use json::{json, ports as json_ports};
pub use picture::{Edge, End, Frame, Item, Kind, Picture};
pub use svg::svg;

pub use table::{markdown, table};

use crate::address::Range;
use crate::ports::Ports;
use crate::reach::{Node, Reach};
use std::collections::BTreeMap;
use std::fmt;

/// Who may reach whom: a row for each pair that may talk at all, sorted; none for a workload and itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matrix {
    /// The rows.
    pub rows: Vec<Row>,
    /// The workloads of each group, where rows are of groups.
    pub groups: BTreeMap<Name, Vec<String>>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// Who connects.
    pub from: Name,
    /// Whom to.
    pub to: Name,
    /// The ports, of which there is one at least.
    pub ports: Ports,
}

/// A party; workloads stand before addresses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Name {
    /// A workload, `namespace/Kind/name`, or a group of them, `namespace/Kind/name +2`.
    Workload(String),
    /// Addresses outside of the cluster.
    Range(Range),
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workload(name) => f.write_str(name),
            Self::Range(range) => range.fmt(f),
        }
    }
}

impl Matrix {
    /// A row for each pair of workloads, and of workloads and addresses.
    pub fn of_workloads(reach: &Reach<'_>) -> Self {
        let members = |class: usize| reach.members(class).map(|workload| workload.name()).collect();
        let rows = merged(Self::rows(reach, members, |_| false));
        Self { rows, groups: BTreeMap::new() }
    }

    /// As of workloads, with addresses in as many ranges as [`Reach::ranges`] has, to be compared row by row.
    pub(crate) fn of_workloads_split(reach: &Reach<'_>) -> Self {
        let members = |class: usize| reach.members(class).map(|workload| workload.name()).collect();
        Self { rows: Self::rows(reach, members, |_| false), groups: BTreeMap::new() }
    }

    /// A row for each pair of groups, which are workloads that no policy tells apart.
    pub fn of_groups(reach: &Reach<'_>) -> Self {
        let name = |class: usize| group_name(reach, class);
        let several = |class: usize| reach.members(class).nth(1).is_some();
        let rows = merged(Self::rows(reach, |class| vec![name(class)], several));
        let group = |class| {
            let members = reach.members(class).map(|workload| workload.name()).collect();
            (Name::Workload(name(class)), members)
        };
        Self { rows, groups: (0..reach.classes().len()).map(group).collect() }
    }

    /// What the other allows that this one does not.
    pub fn beyond(&self, other: &Self) -> Self {
        let known: BTreeMap<(&Name, &Name), &Ports> =
            self.rows.iter().map(|row| ((&row.from, &row.to), &row.ports)).collect();
        let more = other.rows.iter().filter_map(|row| {
            let ports = match known.get(&(&row.from, &row.to)) {
                Some(known) => row.ports.minus(known),
                None => row.ports.clone(),
            };
            (!ports.is_empty()).then(|| Row { ports, ..row.clone() })
        });
        Self { rows: merged(more.collect()), groups: BTreeMap::new() }
    }

    fn rows(
        reach: &Reach<'_>,
        names: impl Fn(usize) -> Vec<String>,
        with_itself: impl Fn(usize) -> bool,
    ) -> Vec<Row> {
        let names: Vec<Vec<Name>> = (0..reach.classes().len())
            .map(|class| names(class).into_iter().map(Name::Workload).collect())
            .collect();
        let of = |node: Node| -> Vec<Name> {
            match node {
                Node::Class(class) => names.get(class).cloned().unwrap_or_default(),
                Node::Range(range) => {
                    reach.ranges().get(range).copied().map(Name::Range).into_iter().collect()
                }
            }
        };
        let mut rows = Vec::new();
        for (from, to, ports) in reach.pairs() {
            let itself = matches!((from, to), (Node::Class(a), Node::Class(b)) if a == b && with_itself(a));
            for source in of(from) {
                for destination in of(to) {
                    if source != destination || itself {
                        rows.push(Row { from: source.clone(), to: destination, ports: ports.clone() });
                    }
                }
            }
        }
        rows
    }
}

/// The name of a class: its first workload, and how many more there are.
pub fn group_name(reach: &Reach<'_>, class: usize) -> String {
    let mut members = reach.members(class);
    let first = members.next().map(|workload| workload.name()).unwrap_or_default();
    match members.count() {
        0 => first,
        more => format!("{first} +{more}"),
    }
}

/// Sorts rows, and joins ranges that touch where they behave alike towards the same workload.
fn merged(mut rows: Vec<Row>) -> Vec<Row> {
    let is_from = |row: &Row| matches!(row.from, Name::Range(_));
    let (mut from_ranges, rest): (Vec<Row>, Vec<Row>) = rows.drain(..).partition(is_from);
    let (mut to_ranges, mut rest): (Vec<Row>, Vec<Row>) =
        rest.into_iter().partition(|row| matches!(row.to, Name::Range(_)));
    from_ranges.sort_by(|a, b| (&a.to, &a.from).cmp(&(&b.to, &b.from)));
    to_ranges.sort_by(|a, b| (&a.from, &a.to).cmp(&(&b.from, &b.to)));
    rest.extend(joined(from_ranges, |row| (&row.from, &row.to), |row, range| row.from = range));
    rest.extend(joined(to_ranges, |row| (&row.to, &row.from), |row, range| row.to = range));
    rest.sort();
    rest
}

fn joined(rows: Vec<Row>, ends: impl Fn(&Row) -> (&Name, &Name), set: impl Fn(&mut Row, Name)) -> Vec<Row> {
    let mut joined: Vec<Row> = Vec::with_capacity(rows.len());
    for row in rows {
        let whole = joined.last().and_then(|open| {
            let ((left, of), (right, other)) = (ends(open), ends(&row));
            match (left, right) {
                (Name::Range(left), Name::Range(right))
                    if of == other && open.ports == row.ports && left.touches(right) =>
                {
                    Some(Range { last: right.last, ..*left })
                }
                _ => None,
            }
        });
        match (whole, joined.last_mut()) {
            (Some(whole), Some(open)) => set(open, Name::Range(whole)),
            _ => joined.push(row),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLUSTER: &str = "
apiVersion: v1
kind: Pod
metadata: {name: a, labels: {app: a}}
spec: {containers: [{name: c}]}
---
apiVersion: v1
kind: Pod
metadata: {name: b, labels: {app: b}}
spec: {containers: [{name: c}]}
---
apiVersion: v1
kind: Pod
metadata: {name: b2, labels: {app: b}}
spec: {containers: [{name: c}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: b}
spec:
  podSelector: {matchLabels: {app: b}}
  policyTypes: [Ingress, Egress]
  ingress:
    - from: [{podSelector: {matchLabels: {app: a}}}]
      ports: [{port: 80}]
  egress:
    - to: [{ipBlock: {cidr: 10.0.0.0/9}}, {ipBlock: {cidr: 10.128.0.0/9}}]
";

    fn lines(matrix: &Matrix) -> Vec<String> {
        matrix.rows.iter().map(|row| format!("{} > {}: {}", row.from, row.to, row.ports)).collect()
    }

    #[test]
    fn there_is_a_row_for_each_pair_that_may_talk() {
        let cluster = crate::read([("f", CLUSTER)]).unwrap();
        assert_eq!(
            lines(&Matrix::of_workloads(&Reach::new(&cluster))),
            [
                "default/Pod/a > default/Pod/b: TCP 80",
                "default/Pod/a > default/Pod/b2: TCP 80",
                "default/Pod/a > 0.0.0.0-255.255.255.255: all",
                "default/Pod/a > ::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff: all",
                "default/Pod/b > 10.0.0.0-10.255.255.255: all",
                "default/Pod/b2 > 10.0.0.0-10.255.255.255: all",
                "0.0.0.0-255.255.255.255 > default/Pod/a: all",
                "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff > default/Pod/a: all",
            ]
        );
    }

    #[test]
    fn groups_are_workloads_that_behave_alike() {
        let cluster = crate::read([("f", CLUSTER)]).unwrap();
        let matrix = Matrix::of_groups(&Reach::new(&cluster));
        assert_eq!(lines(&matrix)[0], "default/Pod/a > default/Pod/b +1: TCP 80");
        let group = &matrix.groups[&Name::Workload("default/Pod/b +1".to_owned())];
        assert_eq!(group[..], ["default/Pod/b", "default/Pod/b2"]);
    }
}
