//! The result of a look-up.

use crate::decision::Reason;
use crate::http::Budget;
use automata::Places;

/// The steps of visiting a node of the index of paths.
const NODE: usize = 32;

/// The rules that a look-up finds.
#[derive(Debug)]
pub(super) struct Found<'b> {
    rules: Places,
    budget: &'b Budget,
}

impl<'b> Found<'b> {
    pub(super) fn new(rules: usize, budget: &'b Budget) -> Self {
        Self { rules: Places::below(rules), budget }
    }

    /// Takes a step of the look-up off the budget.
    ///
    /// # Errors
    /// Returns the reason if the budget does not suffice.
    pub(super) fn step(&self) -> Result<(), Reason> {
        self.budget.spend(1, NODE)
    }

    pub(super) fn add(&mut self, rules: &[usize]) {
        rules.iter().for_each(|rule| self.rules.insert(*rule));
    }

    /// Returns the indexes of the rules.
    pub(super) fn rules(self) -> Places {
        self.rules
    }
}
