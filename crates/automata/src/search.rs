//! Search for a value on which expressions agree or differ.

use crate::table::Table;

/// The maximum number of combinations of states that are visited.
const MAX_VISITED: usize = 1 << 18;

/// The maximum number of combinations of states: 4 MB of marks.
const MAX_COMBINATIONS: usize = 1 << 25;

/// The result of a search.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// One of the shortest values.
    Value(Vec<u8>),
    /// There is no such value.
    Nothing,
    /// The search would take too long.
    Unknown,
}

/// Searches for a value for which `is_found` is true, given which tables match it. The value must match the first `required`
/// tables.
pub(crate) fn search<const N: usize>(
    tables: [&Table; N],
    required: usize,
    is_found: impl Fn([bool; N]) -> bool,
) -> Found {
    let combinations = tables.iter().try_fold(1_usize, |count, table| count.checked_mul(table.states()));
    let Some(combinations) = combinations.filter(|count| *count <= MAX_COMBINATIONS) else {
        return Found::Unknown;
    };
    let bytes = distinct_bytes(&tables);
    let mut marks = Marks(vec![0; combinations / 64 + 1]);
    let start = tables.map(|table| table.start);
    marks.add(place(&tables, start));
    // Each combination with the place of the one before it, and the byte between them.
    let mut visited = vec![(start, 0, 0)];
    let mut next = 0;
    while let Some((entries, ..)) = visited.get(next).copied() {
        let mut matches = entries.iter().zip(tables).map(|(entry, table)| table.matches_at(*entry) != 0);
        let matches = [(); N].map(|()| matches.next().unwrap_or_default());
        if matches.iter().take(required).all(|matches| *matches) && is_found(matches) {
            return Found::Value(value(&visited, next));
        }
        for byte in &bytes {
            let mut steps = entries.iter().zip(tables).map(|(entry, table)| table.step(*entry, *byte));
            let after = [(); N].map(|()| steps.next().unwrap_or_default());
            let is_live = after.iter().take(required).all(|entry| *entry != 0);
            if is_live && marks.add(place(&tables, after)) {
                visited.push((after, next, *byte));
            }
        }
        if visited.len() > MAX_VISITED {
            return Found::Unknown;
        }
        next += 1;
    }
    Found::Nothing
}

/// Returns the value that leads to a combination.
fn value<const N: usize>(visited: &[([u16; N], usize, u8)], place: usize) -> Vec<u8> {
    let mut value = Vec::new();
    let mut at = place;
    while let Some((_, before, byte)) = visited.get(at).filter(|_| at > 0) {
        value.push(*byte);
        at = *before;
    }
    value.reverse();
    value
}

/// Returns one byte of each combination of classes; lower-case letters first, so that values are easy to read.
fn distinct_bytes<const N: usize>(tables: &[&Table; N]) -> Vec<u8> {
    let mut seen = Vec::new();
    let mut is_new = |byte: &u8| {
        let classes = tables.map(|table| table.class_of.get(usize::from(*byte)).copied());
        let is_new = !seen.contains(&classes);
        if is_new {
            seen.push(classes);
        }
        is_new
    };
    (b'a'..=b'z').chain(0..=u8::MAX).filter(|byte| is_new(byte)).collect()
}

/// Returns the number of a combination of states.
fn place<const N: usize>(tables: &[&Table; N], entries: [u16; N]) -> usize {
    let number = |place: usize, (entry, table): (u16, &&Table)| {
        place * table.states() + usize::from(entry) / usize::from(table.classes.max(1))
    };
    entries.into_iter().zip(tables).fold(0, number)
}

/// The combinations that were visited.
struct Marks(Vec<u64>);

impl Marks {
    /// Returns true if the mark is new.
    fn add(&mut self, place: usize) -> bool {
        let Some(word) = self.0.get_mut(place / 64) else { return false };
        let is_new = *word & (1 << (place % 64)) == 0;
        *word |= 1 << (place % 64);
        is_new
    }
}
