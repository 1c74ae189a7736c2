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

    /// Takes the steps of some work off the budget: `count` times `steps`.
    ///
    /// # Errors
    /// Returns the reason if the budget does not suffice.
    pub(crate) fn spend(&self, count: usize, steps: usize) -> Result<(), Reason> {
        // In a module the product may exceed 32 bits.
        let left = count.checked_mul(steps).and_then(|steps| self.0.get().checked_sub(steps));
        let left = left.ok_or(Reason::TOO_COSTLY)?;
        self.0.set(left);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Budget;
    use crate::reason::Reason;
    use crate::test;

    #[test]
    fn a_product_beyond_the_numbers_of_a_module_is_too_costly() {
        let budget = Budget::new();
        // In a module 2^22 * 2^10 is 0.
        for (count, steps) in [(1 << 22, 1 << 10), (usize::MAX, 2), (1_000_001, 1)] {
            assert_eq!(budget.spend(count, steps), Err(Reason::TOO_COSTLY), "{count} {steps}");
        }
        assert_eq!(budget.spend(1000, 1000), Ok(()));
        assert_eq!(budget.spend(1, 1), Err(Reason::TOO_COSTLY));
    }
}
