//! Random choices that are the same in every run with the same seed (SplitMix64).

/// A source of random choices.
#[derive(Debug)]
pub struct Random(u64);

impl Random {
    /// Creates a source.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Creates the source with this number; `RINGFENCE_SEED` changes the choices of all numbers.
    pub fn numbered(number: u64) -> Self {
        let seed = std::env::var("RINGFENCE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1_u64);
        Self(Self(seed).next() ^ Self(number).next())
    }

    /// Returns a number below the limit.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).expect("a number below a usize")
    }

    /// Returns true once in so many times.
    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// Returns one of the items.
    pub fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
