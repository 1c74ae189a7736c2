//! A set of expressions.

use crate::Expression;
use crate::group::{self, Group};
use crate::table;

/// The number of tables that run at the same time.
const LANES: usize = 4;

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
    pub matches: Matches,
    /// The expressions that match the value without its last byte, if that is the byte of the scan, or with this byte
    /// after it.
    pub toggled: Matches,
}

/// Expressions of a set, by their places.
#[derive(Debug)]
pub struct Matches(Vec<u64>);

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
        let empty = || Matches(vec![0; self.len.div_ceil(64)]);
        let mut scan = Scan { matches: empty(), toggled: empty() };
        for groups in self.groups.chunks(LANES) {
            match groups {
                [a, b, c, d] => scan.add([a, b, c, d], value, last),
                [a, b, c] => scan.add([a, b, c], value, last),
                [a, b] => scan.add([a, b], value, last),
                [a] => scan.add([a], value, last),
                _ => {}
            }
        }
        scan
    }
}

impl Scan {
    fn add<const N: usize>(&mut self, groups: [&Group; N], value: &[u8], last: u8) {
        let tables = groups.map(|group| &group.table);
        let shorter = value.strip_suffix(&[last]);
        let entries = table::scan(tables, shorter.unwrap_or(value));
        for (group, entry) in groups.into_iter().zip(entries) {
            let (one, other) =
                (group.table.matches_at(entry), group.table.matches_at(group.table.step(entry, last)));
            let (matches, toggled) = if shorter.is_some() { (other, one) } else { (one, other) };
            self.matches.add(group, matches);
            self.toggled.add(group, toggled);
        }
    }
}

impl Matches {
    /// Returns true if the expression in this place matches.
    pub fn contains(&self, place: usize) -> bool {
        self.0.get(place / 64).is_some_and(|word| word & (1 << (place % 64)) != 0)
    }

    /// Returns the places of the expressions.
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
            if let Some((place, word)) = member.and_then(|place| Some((place, self.0.get_mut(place / 64)?))) {
                *word |= 1 << (place % 64);
            }
            found &= found - 1;
        }
    }
}
