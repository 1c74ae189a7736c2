//! A deterministic automaton as a table, and the scan of a value.

use crate::subsets::Subsets;

/// The maximum number of entries of a table: 64 KB.
pub(crate) const MAX_ENTRIES: usize = 32_768;

/// After this many bytes a scan checks whether every table is dead.
const STRIDE: usize = 32;

/// The table of one expression or of several. State 0 is dead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    /// The class of each byte.
    pub(crate) class_of: Box<[u8; 256]>,
    pub(crate) classes: u16,
    /// The first entry of the next state, by the first entry of a state plus the class of a byte.
    pub(crate) next: Vec<u16>,
    /// The expressions that match a value that ends in the state, by state; bit 0 is the first expression.
    pub(crate) matches: Vec<u64>,
    /// The first entry of the first state.
    pub(crate) start: u16,
}

impl Table {
    /// Creates a table from a minimal automaton and the class of each byte; `None` if it is too large. Classes with the same
    /// transitions are merged.
    pub(crate) fn new(automaton: &Subsets, class_of: impl Fn(u8) -> u8) -> Option<Self> {
        let states = automaton.accepts.len();
        let column = |class: usize| -> Vec<usize> {
            automaton.next.iter().skip(class).step_by(automaton.classes).copied().collect()
        };
        let mut columns: Vec<Vec<usize>> = Vec::new();
        let mut merged = Vec::with_capacity(automaton.classes);
        for column in (0..automaton.classes).map(column) {
            let number = columns.iter().position(|other| *other == column).unwrap_or(columns.len());
            if number == columns.len() {
                columns.push(column);
            }
            merged.push(u8::try_from(number).ok()?);
        }
        if states * columns.len() > MAX_ENTRIES {
            return None;
        }
        let classes = u16::try_from(columns.len()).ok()?;
        let entry = |state: usize| u16::try_from(state).ok()?.checked_mul(classes);
        let next: Option<Vec<u16>> = (0..states)
            .flat_map(|state| columns.iter().map(move |column| column.get(state).copied()))
            .map(|next| entry(next?))
            .collect();
        let mut bytes = Box::new([0; 256]);
        for (byte, class) in (0..=u8::MAX).zip(bytes.iter_mut()) {
            *class = merged.get(usize::from(class_of(byte))).copied()?;
        }
        let matches = automaton.accepts.iter().map(|accepts| u64::from(*accepts)).collect();
        Some(Self { class_of: bytes, classes, next: next?, matches, start: entry(automaton.start)? })
    }

    /// Returns the number of states.
    pub(crate) fn states(&self) -> usize {
        self.matches.len()
    }

    /// Returns the entry after a byte, for the entry of a state.
    #[inline]
    pub(crate) fn step(&self, entry: u16, byte: u8) -> u16 {
        let class = self.class_of.get(usize::from(byte)).copied().unwrap_or_default();
        self.next.get(usize::from(entry) + usize::from(class)).copied().unwrap_or_default()
    }

    /// Returns the expressions that match a value that ends in this entry.
    pub(crate) fn matches_at(&self, entry: u16) -> u64 {
        let state = usize::from(entry) / usize::from(self.classes.max(1));
        self.matches.get(state).copied().unwrap_or_default()
    }
}

/// Runs tables over a value at the same time; returns the entry in which each ends. Each step waits for the one before it:
/// with several tables the processor has other work in between.
pub(crate) fn scan<const N: usize>(tables: [&Table; N], value: &[u8]) -> [u16; N] {
    let mut entries = tables.map(|table| table.start);
    for bytes in value.chunks(STRIDE) {
        for byte in bytes {
            for (entry, table) in entries.iter_mut().zip(tables) {
                *entry = table.step(*entry, *byte);
            }
        }
        if entries.iter().all(|entry| *entry == 0) {
            break;
        }
    }
    entries
}
