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

/// The expressions of a set that match a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matches(Vec<u64>);

impl ExpressionSet {
    /// Creates a set. An expression is known by its place.
    pub fn new<'e>(expressions: impl IntoIterator<Item = &'e Expression>) -> Self {
        let mut len = 0;
        let tables = expressions.into_iter().inspect(|_| len += 1).map(Expression::table);
        Self { groups: group::join(tables), len }
    }

    /// Returns the number of table steps for each byte of a value.
    pub fn passes(&self) -> usize {
        self.groups.len()
    }

    /// Returns the expressions that match the whole value.
    pub fn scan(&self, value: &[u8]) -> Matches {
        let mut matches = Matches(vec![0; self.len.div_ceil(64)]);
        for groups in self.groups.chunks(LANES) {
            match groups {
                [a, b, c, d] => matches.add([a, b, c, d], value),
                [a, b, c] => matches.add([a, b, c], value),
                [a, b] => matches.add([a, b], value),
                [a] => matches.add([a], value),
                _ => {}
            }
        }
        matches
    }
}

impl Matches {
    /// Returns true if the expression in this place matches.
    pub fn contains(&self, place: usize) -> bool {
        self.0.get(place / 64).is_some_and(|word| word & (1 << (place % 64)) != 0)
    }

    fn add<const N: usize>(&mut self, groups: [&Group; N], value: &[u8]) {
        let found = table::scan(groups.map(|group| &group.table), value);
        for (group, mut found) in groups.into_iter().zip(found) {
            while found != 0 {
                let member = group.members.get(found.trailing_zeros() as usize);
                if let Some((place, word)) =
                    member.and_then(|place| Some((place, self.0.get_mut(place / 64)?)))
                {
                    *word |= 1 << (place % 64);
                }
                found &= found - 1;
            }
        }
    }
}
