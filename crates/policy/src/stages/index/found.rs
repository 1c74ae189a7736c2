//! The result of a look-up.

use crate::decision::Reason;
use crate::http::Budget;

/// The steps of visiting a node of the index of paths.
const NODE: usize = 32;

/// The rules that a look-up finds.
#[derive(Debug)]
pub(super) struct Found<'b> {
    /// A bit for each rule.
    words: Vec<u64>,
    budget: &'b Budget,
}

impl<'b> Found<'b> {
    pub(super) fn new(rules: usize, budget: &'b Budget) -> Self {
        Self { words: vec![0; rules.div_ceil(64)], budget }
    }

    /// Takes a step of the look-up off the budget.
    ///
    /// # Errors
    /// Returns the reason if the budget does not suffice.
    pub(super) fn step(&self) -> Result<(), Reason> {
        self.budget.spend(1, NODE)
    }

    pub(super) fn add(&mut self, rules: &[usize]) {
        for rule in rules {
            if let Some(word) = self.words.get_mut(rule / 64) {
                *word |= 1 << (rule % 64);
            }
        }
    }

    /// Returns the indexes of the rules, in order.
    pub(super) fn rules(&self) -> Vec<usize> {
        let mut rules = Vec::new();
        for (place, word) in self.words.iter().enumerate() {
            let mut rest = *word;
            while rest != 0 {
                rules.push(place * 64 + rest.trailing_zeros() as usize);
                rest &= rest - 1;
            }
        }
        rules
    }
}
