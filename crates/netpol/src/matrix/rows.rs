//! The rows of a matrix.

use crate::address::Range;
use crate::model::Direction;
use crate::ports::Ports;
use crate::reach::{Name, Reach};
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
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
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
        Self { rows: rows(reach, &Names::of_workloads(reach), true), groups: BTreeMap::new() }
    }

    /// Creates rows for workloads with the addresses split like [`Reach::ranges`], so that matrices can be compared.
    pub(crate) fn of_workloads_split(reach: &Reach<'_>) -> Self {
        Self { rows: rows(reach, &Names::of_workloads(reach), false), groups: BTreeMap::new() }
    }

    /// Creates rows for pairs of groups of workloads that all policies treat alike.
    pub fn of_groups(reach: &Reach<'_>) -> Self {
        let group = |class| {
            let members = reach.members(class).map(|workload| workload.name()).collect();
            (Name::Workload(reach.group_name(class).into()), members)
        };
        let groups = (0..reach.classes().len()).map(group).collect();
        Self { rows: rows(reach, &Names::of_groups(reach), true), groups }
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
    /// True for each class with several workloads under one name, which has a row with itself.
    with_itself: Vec<bool>,
}

impl Names {
    fn of_workloads(reach: &Reach<'_>) -> Self {
        Self::new(reach, |class| reach.members(class).map(|workload| workload.name()).collect(), |_| false)
    }

    fn of_groups(reach: &Reach<'_>) -> Self {
        let several = |class: usize| reach.members(class).nth(1).is_some();
        Self::new(reach, |class| vec![reach.group_name(class)], several)
    }

    fn new(
        reach: &Reach<'_>,
        names: impl Fn(usize) -> Vec<String>,
        with_itself: impl Fn(usize) -> bool,
    ) -> Self {
        let classes = 0..reach.classes().len();
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
        Self { names, of_class, with_itself: classes.map(with_itself).collect() }
    }

    fn of(&self, class: usize) -> &[usize] {
        self.of_class.get(class).map(Vec::as_slice).unwrap_or_default()
    }

    fn get(&self, index: usize) -> Option<Name> {
        self.names.get(index).cloned()
    }
}

/// Returns the sorted rows. They are sorted by index first, since there may be a million.
fn rows(reach: &Reach<'_>, names: &Names, join: bool) -> Vec<Row> {
    let mut pairs = Vec::new();
    for (from, to, ports) in reach.pairs() {
        let itself = from == to && names.with_itself.get(from).copied().unwrap_or(false);
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
        let group = &matrix.groups[&Name::Workload("default/Pod/b +1".into())];
        assert_eq!(group[..], ["default/Pod/b", "default/Pod/b2"]);
    }
}
