//! A set of expressions.

use crate::Expression;
use crate::group::{self, Group};
use crate::table::{self, LANES};

/// Expressions that are matched together.
#[derive(Debug, Default)]
pub struct ExpressionSet {
    groups: Vec<Group>,
    len: usize,
}

/// The expressions of a set that match a value, and those that match it with or without a last byte.
#[derive(Debug)]
pub struct Scan {
    /// The expressions that match the value.
    pub matches: Places,
    /// The expressions that match the value without its last byte, if that is the byte of the scan, or with this byte
    /// after it.
    pub toggled: Places,
}

/// A set of places, such as those of the expressions that match.
#[derive(Debug, Default)]
pub struct Places(Vec<u64>);

impl ExpressionSet {
    /// Creates a set. An expression is known by its place.
    pub fn new<'e>(expressions: impl IntoIterator<Item = &'e Expression>) -> Self {
        let mut len = 0;
        let tables = expressions.into_iter().inspect(|_| len += 1).map(Expression::table);
        Self { groups: group::join(tables), len }
    }

    /// Returns true if the set has no expression.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns the number of table steps for each byte of a value.
    pub fn passes(&self) -> usize {
        self.groups.len()
    }

    /// Returns the expressions that match the whole value, and those that match it with its last byte toggled: with `last`
    /// at its end, or without it if it is there.
    pub fn scan(&self, value: &[u8], last: u8) -> Scan {
        let empty = || Places::below(self.len);
        let mut scan = Scan { matches: empty(), toggled: empty() };
        for groups in self.groups.chunks(LANES) {
            scan.add(groups, value, last);
        }
        scan
    }
}

impl Scan {
    fn add(&mut self, groups: &[Group], value: &[u8], last: u8) {
        let shorter = value.strip_suffix(&[last]);
        let entries = ends(groups, shorter.unwrap_or(value));
        for (group, entry) in groups.iter().zip(entries) {
            let (one, other) =
                (group.table.matches_at(entry), group.table.matches_at(group.table.step(entry, last)));
            let (matches, toggled) = if shorter.is_some() { (other, one) } else { (one, other) };
            self.matches.add(group, matches);
            self.toggled.add(group, toggled);
        }
    }
}

/// Returns the entries in which the tables of up to [`LANES`] groups end.
fn ends(groups: &[Group], value: &[u8]) -> [u16; LANES] {
    match groups {
        [] => [0; LANES],
        [a] => [a.table.run(value), 0, 0, 0],
        [a, b] => table::scan([&a.table, &b.table, &b.table, &b.table], value),
        [a, b, c] => table::scan([&a.table, &b.table, &c.table, &c.table], value),
        [a, b, c, d, ..] => table::scan([&a.table, &b.table, &c.table, &d.table], value),
    }
}

impl Places {
    /// Creates an empty set for places below `len`.
    pub fn below(len: usize) -> Self {
        Self(vec![0; len.div_ceil(64)])
    }

    /// Adds a place. A place that the set has no room for is left out.
    pub fn insert(&mut self, place: usize) {
        if let Some(word) = self.0.get_mut(place / 64) {
            *word |= 1 << (place % 64);
        }
    }

    /// Returns true if the set has this place.
    pub fn contains(&self, place: usize) -> bool {
        self.0.get(place / 64).is_some_and(|word| word & (1 << (place % 64)) != 0)
    }

    /// Returns the places, in order.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        self.0.iter().zip(0..).flat_map(|(word, at)| {
            let next = |rest: &u64| (*rest != 0).then(|| rest & (rest - 1));
            std::iter::successors(Some(*word), next)
                .take_while(|rest| *rest != 0)
                .map(move |rest| at * 64 + rest.trailing_zeros() as usize)
        })
    }

    fn add(&mut self, group: &Group, mut found: u64) {
        while found != 0 {
            let member = group.members.get(found.trailing_zeros() as usize);
            member.into_iter().for_each(|place| self.insert(*place));
            found &= found - 1;
        }
    }
}
