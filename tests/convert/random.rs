//! Random choices, the same in every run. `RINGFENCE_SEED` changes them.

use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};

/// A source of random choices.
pub struct Random(TestRng);

impl Random {
    /// Creates the source with this number.
    pub fn new(number: u64) -> Self {
        let seed = std::env::var("RINGFENCE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1_u64);
        let seed = [seed, number, 0, 0].map(u64::to_le_bytes).concat();
        Self(TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
    }

    /// Returns a number below the limit.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0.next_u32() as usize % limit
    }

    /// Returns one of the items.
    pub fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }
}
