//! The budget of a request.

use crate::reason::Reason;
use std::cell::Cell;

/// The steps of expressions that the policies of a module may spend on a request: about a millisecond.
const MAX_STEPS: usize = 1_000_000;

/// The steps of expressions that are left.
#[derive(Debug, Clone)]
pub(crate) struct Budget(Cell<usize>);

impl Budget {
    /// Creates the budget of a request.
    pub(crate) fn new() -> Self {
        Self(Cell::new(MAX_STEPS))
    }

    /// Creates the budget of a response, whose server is trusted.
    pub(crate) fn unlimited() -> Self {
        Self(Cell::new(usize::MAX))
    }

    /// Takes steps off the budget.
    ///
    /// # Errors
    /// Returns the reason if the budget does not suffice.
    pub(crate) fn spend(&self, steps: usize) -> Result<(), Reason> {
        let left = self.0.get().checked_sub(steps).ok_or(Reason::TOO_COSTLY)?;
        self.0.set(left);
        Ok(())
    }
}
