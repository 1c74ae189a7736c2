//! Tables of several expressions: products of their automata, while these are small.

use crate::table::{MAX_ENTRIES, Table};

/// The maximum number of expressions of a table.
const MAX_MEMBERS: usize = 64;

/// The maximum number of entries that joining the tables of a set visits. It bounds the time to load a policy: beyond it
/// the set has more tables than necessary.
const MAX_WORK: usize = 24_000_000;

/// A table of several expressions.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) table: Table,
    /// The expressions, by the bits of the table.
    pub(crate) members: Vec<usize>,
}

/// Joins tables, given in the order of their expressions, into as few as is practical.
pub(crate) fn join<'t>(tables: impl Iterator<Item = &'t Table>) -> Vec<Group> {
    let mut groups: Vec<Group> = tables
        .enumerate()
        .map(|(member, table)| Group { table: table.clone(), members: vec![member] })
        .collect();
    let mut work = MAX_WORK;
    // Neighbours in pairs, again and again: the tables that are joined have about the same size.
    loop {
        let before = groups.len();
        groups = join_pairs(groups, &mut work);
        if groups.len() == before {
            break;
        }
    }
    join_small(groups, &mut work)
}

/// Joins each group with the next one, where their product is small.
fn join_pairs(groups: Vec<Group>, work: &mut usize) -> Vec<Group> {
    let mut joined: Vec<Group> = Vec::with_capacity(groups.len());
    let mut is_free = false;
    for group in groups {
        let pair = joined.last().filter(|_| is_free).and_then(|last| product(last, &group, work));
        match (pair, joined.last_mut()) {
            (Some(pair), Some(last)) => {
                *last = pair;
                is_free = false;
            }
            _ => {
                joined.push(group);
                is_free = true;
            }
        }
    }
    joined
}

/// Joins each group, the smallest first, with any other where their product is small.
fn join_small(groups: Vec<Group>, work: &mut usize) -> Vec<Group> {
    let size = |group: &Group| group.table.next.len();
    let mut sorted: Vec<Group> = Vec::with_capacity(groups.len());
    for group in groups {
        sorted.insert(sorted.partition_point(|other| size(other) <= size(&group)), group);
    }
    let mut joined: Vec<Group> = Vec::with_capacity(sorted.len());
    for group in sorted {
        let pair =
            joined.iter().enumerate().find_map(|(place, other)| Some((place, product(other, &group, work)?)));
        match pair.and_then(|(place, pair)| Some((joined.get_mut(place)?, pair))) {
            Some((place, pair)) => *place = pair,
            None => joined.push(group),
        }
    }
    joined
}

/// Returns the table of both groups; `None` if it is too large, or `work` is used up.
///
/// Both tables are minimal, and each state of the product keeps the expressions apart: the product is minimal too.
fn product(one: &Group, other: &Group, work: &mut usize) -> Option<Group> {
    if one.members.len() + other.members.len() > MAX_MEMBERS {
        return None;
    }
    let (first, second) = (&one.table, &other.table);
    let (class_of, pairs) = joint_classes(first, second)?;
    let classes = u16::try_from(pairs.len()).ok()?;
    *work = work.checked_sub(first.states().max(second.states()) * pairs.len())?;
    let width = second.states();
    let slot = |a: u16, b: u16| {
        let state = |entry: u16, table: &Table| usize::from(entry / table.classes.max(1));
        state(a, first) * width + state(b, second)
    };
    let mut numbers: Vec<Option<u16>> = vec![None; first.states() * width];
    let mut states: Vec<(u16, u16)> = Vec::new();
    let mut next = Vec::new();
    // Returns the first entry of a pair of states.
    let mut entry = |a: u16, b: u16, states: &mut Vec<(u16, u16)>| {
        let number = numbers.get_mut(slot(a, b))?;
        if number.is_none() {
            *number = u16::try_from(states.len()).ok()?.checked_mul(classes);
            states.push((a, b));
        }
        *number
    };
    entry(0, 0, &mut states)?;
    let start = entry(first.start, second.start, &mut states)?;
    let mut current = 0;
    while let Some((a, b)) = states.get(current).copied() {
        current += 1;
        if states.len() * pairs.len() > MAX_ENTRIES {
            *work = work.saturating_sub(next.len());
            return None;
        }
        for (class_a, class_b) in &pairs {
            let a = first.next.get(usize::from(a) + usize::from(*class_a)).copied()?;
            let b = second.next.get(usize::from(b) + usize::from(*class_b)).copied()?;
            next.push(entry(a, b, &mut states)?);
        }
    }
    *work = work.saturating_sub(next.len());
    let shift = one.members.len();
    let matches =
        states.iter().map(|(a, b)| first.matches_at(*a) | (second.matches_at(*b) << shift)).collect();
    let members = one.members.iter().chain(&other.members).copied().collect();
    Some(Group { table: Table { class_of, classes, next, matches, start }, members })
}

/// The class of each byte for two tables, and the classes of each table for every such class.
type JointClasses = (Box<[u8; 256]>, Vec<(u8, u8)>);

fn joint_classes(first: &Table, second: &Table) -> Option<JointClasses> {
    let (mut class_of, mut pairs) = (Box::new([0; 256]), Vec::new());
    for (class, pair) in
        class_of.iter_mut().zip(first.class_of.iter().copied().zip(second.class_of.iter().copied()))
    {
        let number = pairs.iter().position(|other| *other == pair).unwrap_or(pairs.len());
        if number == pairs.len() {
            pairs.push(pair);
        }
        *class = u8::try_from(number).ok()?;
    }
    Some((class_of, pairs))
}
