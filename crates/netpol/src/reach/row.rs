//! What the policies of one class allow it in one direction.

use crate::ports::Ports;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What a class may send to, or get from, everyone else.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    /// Whether a policy is about the class in this direction; without one everything is allowed.
    pub isolated: bool,
    /// What is allowed with everyone.
    pub everyone: Ports,
    /// What is allowed with a class beyond that.
    pub classes: BTreeMap<usize, Ports>,
    /// What is allowed with a range of addresses beyond that.
    pub ranges: BTreeMap<usize, Ports>,
}

impl Row {
    /// The row of a class that no policy is about.
    pub(super) fn open() -> Self {
        Self { everyone: Ports::all(), ..Self::default() }
    }

    pub(super) fn class(&self, class: usize) -> Cow<'_, Ports> {
        self.with(self.classes.get(&class))
    }

    pub(super) fn range(&self, range: usize) -> Cow<'_, Ports> {
        self.with(self.ranges.get(&range))
    }

    fn with<'r>(&'r self, more: Option<&'r Ports>) -> Cow<'r, Ports> {
        match more {
            None => Cow::Borrowed(&self.everyone),
            Some(more) if self.everyone.is_empty() => Cow::Borrowed(more),
            Some(more) => Cow::Owned(self.everyone.union(more)),
        }
    }
}

/// Adds ports to an entry.
pub(super) fn add(entries: &mut BTreeMap<usize, Ports>, key: usize, ports: &Ports) {
    if ports.is_empty() {
        return;
    }
    let entry = entries.entry(key).or_default();
    *entry = entry.union(ports);
}

/// What is in both, without a copy where one is everything.
pub(super) fn both(left: &Ports, right: &Ports) -> Ports {
    match (left.is_all(), right.is_all()) {
        (true, _) => right.clone(),
        (_, true) => left.clone(),
        _ => left.intersection(right),
    }
}
