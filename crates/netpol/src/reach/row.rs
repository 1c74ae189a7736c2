//! What the policies of one class allow it in one direction.

use crate::ports::Ports;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// What a class may send to, or get from, everyone else.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    /// Whether a policy is about the class in this direction; without one everything is allowed.
    pub isolated: bool,
    /// What is allowed with everyone.
    pub everyone: Ports,
    /// What is allowed with a class, where it is more.
    pub classes: BTreeMap<usize, Ports>,
    /// What is allowed with a range of addresses, where it is more.
    pub ranges: BTreeMap<usize, Ports>,
}

impl Row {
    /// The row of a class that no policy is about.
    pub(super) fn open() -> Self {
        Self { everyone: Ports::all(), ..Self::default() }
    }

    /// Adds what is allowed with everyone to what is allowed with some, so that each is whole.
    pub(super) fn finish(&mut self) {
        if !self.everyone.is_empty() {
            for ports in self.classes.values_mut().chain(self.ranges.values_mut()) {
                *ports = ports.union(&self.everyone);
            }
        }
    }

    pub(super) fn class(&self, class: usize) -> &Ports {
        self.classes.get(&class).unwrap_or(&self.everyone)
    }

    pub(super) fn range(&self, range: usize) -> &Ports {
        self.ranges.get(&range).unwrap_or(&self.everyone)
    }
}

/// Adds ports to an entry.
pub(super) fn add(entries: &mut BTreeMap<usize, Ports>, key: usize, ports: &Ports) {
    if ports.is_empty() {
        return;
    }
    match entries.entry(key) {
        Entry::Vacant(entry) => {
            entry.insert(ports.clone());
        }
        Entry::Occupied(mut entry) if entry.get() != ports => {
            let union = entry.get().union(ports);
            entry.insert(union);
        }
        Entry::Occupied(_) => {}
    }
}

/// What is in both, without a copy where one is everything.
pub(super) fn both(left: &Ports, right: &Ports) -> Ports {
    match (left.is_all(), right.is_all()) {
        (true, _) => right.clone(),
        (_, true) => left.clone(),
        _ if left == right => left.clone(),
        _ => left.intersection(right),
    }
}
