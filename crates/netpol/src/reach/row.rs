//! The connections that the policies of a class allow in one direction.

use crate::ports::Ports;
use std::collections::BTreeMap;

/// The ports that a class may use with every other end.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    /// True if a policy isolates the class in this direction; otherwise everything is allowed.
    pub isolated: bool,
    /// The ports that are allowed with every end.
    pub everyone: Ports,
    /// The ports that are allowed with a class, if they are more.
    pub classes: BTreeMap<usize, Ports>,
    /// The ports that are allowed with a range of addresses, if they are more.
    pub ranges: BTreeMap<usize, Ports>,
}

impl Row {
    /// Creates the row of a class that is not isolated.
    pub(super) fn open() -> Self {
        Self { everyone: Ports::all(), ..Self::default() }
    }

    /// Adds the ports that are allowed with every end to those of each class and range.
    pub(super) fn finish(&mut self) {
        for ports in self.classes.values_mut().chain(self.ranges.values_mut()) {
            *ports = ports.union(&self.everyone);
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
    if !ports.is_empty() {
        let entry = entries.entry(key).or_default();
        *entry = entry.union(ports);
    }
}
