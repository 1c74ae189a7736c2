//! The rows of a matrix.

use crate::model::{Direction, Workload};
use crate::ports::Ports;
use crate::reach::{Name, Reach};
use serde::Serialize;
use std::collections::BTreeMap;

/// The allowed connections: a row for each pair that has one, sorted. There is no row for a workload and itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matrix {
    /// The rows.
    pub rows: Vec<Row>,
    /// The workloads of each group, if the rows are of groups.
    pub groups: BTreeMap<Name, Vec<String>>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Row {
    /// The source.
    pub from: Name,
    /// The destination.
    pub to: Name,
    /// The ports, at least one.
    pub ports: Ports,
}

impl Matrix {
    /// Creates rows for pairs of workloads, and of workloads and addresses.
    pub fn of_workloads(reach: &Reach<'_>) -> Self {
        Self { rows: rows(reach, false, true), groups: BTreeMap::new() }
    }

    /// Creates rows for workloads with the addresses split like [`Reach::ranges`], so that matrices can be compared.
    pub(crate) fn of_workloads_split(reach: &Reach<'_>) -> Self {
        Self { rows: rows(reach, false, false), groups: BTreeMap::new() }
    }

    /// Creates rows for pairs of groups of workloads that all policies treat alike.
    pub fn of_groups(reach: &Reach<'_>) -> Self {
        let group = |class| {
            let members = reach.members(class).map(|workload| workload.name()).collect();
            (Name::Workload(reach.group_name(class).into()), members)
        };
        let groups = (0..reach.classes().len()).map(group).collect();
        Self { rows: rows(reach, true, true), groups }
    }

    /// Returns the connections of another matrix that this one does not contain.
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
}

/// The names of the workloads or groups of classes, sorted.
struct Names {
    names: Vec<Name>,
    /// The names of each class, as indexes.
    of_class: Vec<Vec<usize>>,
}

impl Names {
    fn new(reach: &Reach<'_>, grouped: bool) -> Self {
        let classes = 0..reach.classes().len();
        let names = |class: usize| match grouped {
            true => vec![reach.group_name(class)],
            false => reach.members(class).map(Workload::name).collect(),
        };
        let mut all: Vec<(String, usize)> = classes
            .clone()
            .flat_map(|class| names(class).into_iter().map(move |name| (name, class)))
            .collect();
        all.sort_unstable();
        let mut of_class = vec![Vec::new(); classes.len()];
        for (index, (_, class)) in all.iter().enumerate() {
            if let Some(of) = of_class.get_mut(*class) {
                of.push(index);
            }
        }
        let names = all.into_iter().map(|(name, _)| Name::Workload(name.into())).collect();
        Self { names, of_class }
    }

    fn of(&self, class: usize) -> &[usize] {
        self.of_class.get(class).map(Vec::as_slice).unwrap_or_default()
    }

    fn get(&self, index: usize) -> Option<Name> {
        self.names.get(index).cloned()
    }
}

/// Returns the sorted rows. They are sorted by index first, since there may be a million.
fn rows(reach: &Reach<'_>, grouped: bool, join: bool) -> Vec<Row> {
    let names = Names::new(reach, grouped);
    let mut pairs = Vec::new();
    for (from, to, ports) in reach.pairs() {
        // A group of several workloads has a row with itself.
        let itself = grouped && from == to && reach.members(from).nth(1).is_some();
        for source in names.of(from) {
            let others = names.of(to).iter().filter(|to| *to != source || itself);
            pairs.extend(others.map(|to| (*source, *to, ports.clone())));
        }
    }
    pairs.sort_unstable_by_key(|(from, to, _)| (*from, *to));
    let row = |(from, to, ports)| Some(Row { from: names.get(from)?, to: names.get(to)?, ports });
    let mut rows: Vec<Row> = pairs.into_iter().filter_map(row).collect();
    for class in 0..reach.classes().len() {
        for direction in Direction::ALL {
            for (range, ports) in reach.addresses(class, direction, join) {
                rows.extend(names.of(class).iter().filter_map(|index| names.get(*index)).map(|name| {
                    let (range, ports) = (Name::Range(range), ports.clone());
                    match direction {
                        Direction::Ingress => Row { from: range, to: name, ports },
                        Direction::Egress => Row { from: name, to: range, ports },
                    }
                }));
            }
        }
    }
    rows.sort();
    rows
}

/// Sorts rows, and joins adjacent ranges with the same ports of the same workload.
fn merged(mut rows: Vec<Row>) -> Vec<Row> {
    /// Rows from addresses are sorted by the workload first, so that those of a workload are adjacent.
    fn key(row: &Row) -> (Option<&Name>, &Row) {
        (matches!(row.from, Name::Range(_)).then_some(&row.to), row)
    }
    rows.sort_by(|a, b| key(a).cmp(&key(b)));
    rows.dedup_by(|next, open| {
        let (open_range, range) = match (&mut open.from, &mut open.to, &next.from, &next.to) {
            (Name::Range(open), to, Name::Range(range), other) if to == other => (open, range),
            (from, Name::Range(open), other, Name::Range(range)) if from == other => (open, range),
            _ => return false,
        };
        let is_joined = open.ports == next.ports && open_range.touches(range);
        if is_joined {
            open_range.last = range.last;
        }
        is_joined
    });
    rows.sort();
    rows
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
        let group = &matrix.groups[&Name::Workload("default/Pod/b +1".into())];
        assert_eq!(group[..], ["default/Pod/b", "default/Pod/b2"]);
    }
}
