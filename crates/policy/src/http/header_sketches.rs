//! A set of header names that answers "perhaps" or "certainly not".

use super::header_class::class_of;

/// The sketches of header names. Most names of a request have other sketches than those of a policy, which therefore need not be
/// compared with them.
#[derive(Debug, Clone, Default)]
pub(crate) struct HeaderSketches([u64; 4]);

impl HeaderSketches {
    #[inline]
    pub(super) fn add(&mut self, name: &[u8]) {
        let (word, bit) = place(name);
        self.0.get_mut(word).into_iter().for_each(|word| *word |= bit);
    }

    /// Returns false if certainly no name is a spelling of this one.
    #[inline]
    pub(super) fn have(&self, name: &[u8]) -> bool {
        let (word, bit) = place(name);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Returns false if certainly no name is a spelling of one of the others.
    pub(super) fn meet(&self, others: &Self) -> bool {
        self.0.iter().zip(&others.0).any(|(own, other)| own & other != 0)
    }
}

/// Returns the place of a sketch: its word, and its bit. All spellings of a name have the same.
#[inline]
fn place(name: &[u8]) -> (usize, u64) {
    let [first, .., last] = name else { return (0, 1) };
    let ends = (usize::from(class_of(*first)) * 5) ^ usize::from(class_of(*last));
    let sketch = (name.len() * 37) ^ ends;
    (sketch / 64 % 4, 1 << (sketch % 64))
}
