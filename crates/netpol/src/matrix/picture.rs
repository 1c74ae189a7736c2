//! The graph of a matrix. Namespaces are frames, and an edge that all items of a frame have is drawn once.

use super::rows::{Matrix, Row};
use crate::address::{Family, Range};
use crate::audit::{self, AuditError, bypasses};
use crate::model::{Cluster, Direction, Injection, Workload};
use crate::ports::Ports;
use crate::reach::{Name, Reach};
use std::collections::{BTreeMap, BTreeSet};

/// The graph.
#[derive(Debug, Clone, Default)]
pub struct Picture {
    /// Namespaces, and the outside of the cluster.
    pub frames: Vec<Frame>,
    /// Workloads and ranges of addresses.
    pub items: Vec<Item>,
    /// The edges that are drawn.
    pub edges: Vec<Edge>,
    /// Every pair with an allowed connection, and its kind.
    pub pairs: BTreeMap<(usize, usize), Kind>,
}

/// A frame.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Its namespace; none for the outside of the cluster.
    pub namespace: Option<String>,
    /// True if a workload in it is in the mesh, or if there is no mesh.
    pub main: bool,
    /// Its items.
    pub items: Vec<usize>,
}

/// An item of a frame.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its name in the matrix.
    pub name: Name,
    /// Its name without its namespace.
    pub title: String,
    /// Its kind.
    pub subtitle: String,
    /// The directions in which it is not isolated.
    pub open: Vec<Direction>,
    /// The part of the mesh in its traffic.
    pub injection: Injection,
}

/// An edge.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The source.
    pub from: End,
    /// The destination.
    pub to: End,
    /// The ports.
    pub ports: Ports,
    /// The kind.
    pub kind: Kind,
}

/// An end of an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// An item.
    Item(usize),
    /// All items of a frame.
    Frame(usize),
}

/// The kind of an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Allowed.
    Allowed,
    /// Allowed, and bypasses the L7 policy.
    Bypass,
}

impl Picture {
    /// Creates the graph of workloads, or of groups of them.
    ///
    /// # Errors
    /// The L7 policies of the cluster could not be analyzed.
    pub fn new(cluster: &Cluster, options: &audit::Options, grouped: bool) -> Result<Self, AuditError> {
        let reach = Reach::new(cluster);
        let matrix = if grouped { Matrix::of_groups(&reach) } else { Matrix::of_workloads(&reach) };
        let rows = one_anywhere(matrix.rows);
        let mut picture = Self::default();
        picture.add_workloads(cluster, &reach, grouped);
        picture.add_ranges(&rows);
        let index: BTreeMap<Name, usize> =
            picture.items.iter().enumerate().map(|(index, item)| (item.name.clone(), index)).collect();
        let bypass = Bypass::new(cluster, options, &matrix.groups)?;
        let mut edges = Vec::new();
        for row in &rows {
            let (Some(from), Some(to)) = (index.get(&row.from), index.get(&row.to)) else { continue };
            let bypassing = bypass.ports(row);
            let rest = row.ports.minus(&bypassing);
            for (ports, kind) in [(rest, Kind::Allowed), (bypassing, Kind::Bypass)] {
                if !ports.is_empty() {
                    let pair = picture.pairs.entry((*from, *to)).or_insert(kind);
                    *pair = (*pair).max(kind);
                    edges.push((*from, *to, ports, kind));
                }
            }
        }
        picture.drop_implied(&mut edges);
        picture.edges = picture.bundled(edges);
        Ok(picture)
    }

    /// Returns the frame of an end.
    pub(super) fn frame(&self, end: End) -> Option<usize> {
        match end {
            End::Frame(index) => Some(index),
            End::Item(item) => self.frames.iter().position(|found| found.items.contains(&item)),
        }
    }

    fn add_workloads(&mut self, cluster: &Cluster, reach: &Reach<'_>, grouped: bool) {
        let mesh = cluster.workloads.iter().any(|workload| cluster.injection(workload) != Injection::None);
        let mut frames: BTreeMap<&str, Frame> = BTreeMap::new();
        for class in 0..reach.classes().len() {
            let size = reach.members(class).count();
            for workload in reach.members(class).take(if grouped { 1 } else { size }) {
                let injection = cluster.injection(workload);
                let namespace = workload.namespace();
                let owned = frames.entry(namespace).or_insert_with(|| Frame {
                    namespace: Some(namespace.to_owned()),
                    main: !mesh,
                    items: Vec::new(),
                });
                owned.main |= injection != Injection::None;
                owned.items.push(self.items.len());
                let name = if grouped { reach.group_name(class) } else { workload.name() };
                let open = Direction::ALL.into_iter().filter(|of| !reach.is_isolated(class, *of));
                self.items.push(Item {
                    name: Name::Workload(name.into()),
                    title: workload.object.name.clone(),
                    subtitle: subtitle(workload, if grouped { size } else { 1 }, injection),
                    open: open.collect(),
                    injection,
                });
            }
        }
        self.frames.extend(frames.into_values());
    }

    fn add_ranges(&mut self, rows: &[Row]) {
        let names = rows.iter().flat_map(|row| [&row.from, &row.to]);
        let range = |name: &Name| if let Name::Range(range) = name { Some(*range) } else { None };
        let ranges: BTreeSet<Range> = names.filter_map(range).collect();
        let mut outside = Frame { namespace: None, main: true, items: Vec::new() };
        for range in ranges {
            outside.items.push(self.items.len());
            let (title, subtitle) = match (range == Range::every(range.family), range.family) {
                (true, Family::V4) => ("anywhere".to_owned(), "any address".to_owned()),
                (true, Family::V6) => ("anywhere".to_owned(), "any IPv6 address".to_owned()),
                _ => match (&range.cidrs()[..], range.to_string().split_once('-')) {
                    ([cidr], _) => (cidr.to_string(), "addresses".to_owned()),
                    (_, Some((first, last))) => (first.to_owned(), format!("to {last}")),
                    _ => (range.to_string(), String::new()),
                },
            };
            let (open, injection) = (Vec::new(), Injection::None);
            self.items.push(Item { name: Name::Range(range), title, subtitle, open, injection });
        }
        if !outside.items.is_empty() {
            self.frames.push(outside);
        }
    }

    /// Removes edges from items without isolated egress to destinations that are open to every address: the edge from every address
    /// implies them.
    fn drop_implied(&self, edges: &mut Vec<(usize, usize, Ports, Kind)>) {
        let anywhere = |item: &usize| {
            self.items.get(*item).is_some_and(|item| item.name == Name::Range(Range::every(Family::V4)))
        };
        let open: BTreeMap<(usize, Kind), Ports> = (edges.iter())
            .filter(|(from, ..)| anywhere(from))
            .map(|(_, to, ports, kind)| ((*to, *kind), ports.clone()))
            .collect();
        edges.retain(|(from, to, ports, kind)| {
            let unheld = self.items.get(*from).is_some_and(|item| item.open.contains(&Direction::Egress));
            let implied = open.get(&(*to, *kind)).is_some_and(|open| ports.minus(open).is_empty());
            !(unheld && implied && !anywhere(from))
        });
    }

    /// Replaces edges that all items of a frame have by one edge of the frame.
    fn bundled(&self, edges: Vec<(usize, usize, Ports, Kind)>) -> Vec<Edge> {
        let edges = edges.into_iter().map(|(from, to, ports, kind)| Edge {
            from: End::Item(from),
            to: End::Item(to),
            ports,
            kind,
        });
        let by_source = self.bundle(edges.collect(), |edge| &mut edge.from);
        let mut edges = self.bundle(by_source, |edge| &mut edge.to);
        edges.sort();
        edges
    }

    fn bundle(&self, edges: Vec<Edge>, end: impl Fn(&mut Edge) -> &mut End) -> Vec<Edge> {
        let mut alike: BTreeMap<(usize, Edge), Vec<Edge>> = BTreeMap::new();
        let mut kept = Vec::new();
        for mut edge in edges {
            let original = edge.clone();
            let own = end(&mut edge);
            match self.frame(*own).filter(|_| matches!(own, End::Item(_))) {
                // An edge inside a frame stays.
                Some(of) if [original.from, original.to].map(|end| self.frame(end)) != [Some(of); 2] => {
                    *own = End::Frame(of);
                    alike.entry((of, edge)).or_default().push(original);
                }
                _ => kept.push(original),
            }
        }
        for ((of, whole), edges) in alike {
            let items = self.frames.get(of).map_or(0, |found| found.items.len());
            if items > 1 && edges.len() == items { kept.push(whole) } else { kept.extend(edges) }
        }
        kept
    }
}

fn subtitle(workload: &Workload, count: usize, injection: Injection) -> String {
    let kind = &workload.object.kind;
    let alike = if count > 1 { format!(", and {} alike", count - 1) } else { String::new() };
    let mesh = match injection {
        Injection::None => "",
        Injection::Sidecar => ", sidecar",
        Injection::Ambient => ", ambient",
        Injection::Gateway => ", gateway",
    };
    format!("{kind}{alike}{mesh}")
}

/// Removes rows with every IPv6 address if there is the same row with every IPv4 address.
fn one_anywhere(rows: Vec<Row>) -> Vec<Row> {
    let [v4, v6] = Family::ALL.map(|family| Name::Range(Range::every(family)));
    let known: BTreeSet<Row> = rows.iter().cloned().collect();
    let replaced = |name: &Name| if *name == v6 { v4.clone() } else { name.clone() };
    let has_twin = |row: &Row| {
        let twin = Row { from: replaced(&row.from), to: replaced(&row.to), ports: row.ports.clone() };
        twin != *row && known.contains(&twin)
    };
    rows.into_iter().filter(|row| !has_twin(row)).collect()
}

/// The connections that bypass the L7 policy, by the names of the matrix.
struct Bypass(BTreeMap<(Name, Name), Ports>);

impl Bypass {
    fn new(
        cluster: &Cluster,
        options: &audit::Options,
        groups: &BTreeMap<Name, Vec<String>>,
    ) -> Result<Self, AuditError> {
        let group: BTreeMap<&str, &Name> = (groups.iter())
            .flat_map(|(name, members)| members.iter().map(move |member| (member.as_str(), name)))
            .collect();
        let named = |name: &str| match group.get(name) {
            Some(group) => (*group).clone(),
            None => Name::Workload(name.into()),
        };
        let mut found: BTreeMap<(Name, Name), Ports> = BTreeMap::new();
        for (from, to, ports) in bypasses(cluster, options)? {
            let from = match from {
                Name::Workload(name) => named(&name),
                range => range,
            };
            let entry = found.entry((from, named(&to))).or_default();
            *entry = entry.union(&ports);
        }
        Ok(Self(found))
    }

    fn ports(&self, row: &Row) -> Ports {
        let is = |name: &Name| match (name, &row.from) {
            (Name::Range(range), Name::Range(other)) => range.overlaps(other),
            (name, other) => name == other,
        };
        let of = self.0.iter().filter(|((from, to), _)| *to == row.to && is(from));
        of.fold(Ports::default(), |all, (_, ports)| all.union(ports)).intersection(&row.ports)
    }
}
