//! When a key set is fetched: the state that the workers of a process share, and its transitions.

/// How a key set is fetched; all times are in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefreshPolicy {
    /// The timeout of a fetch.
    pub timeout: u64,
    /// The maximum age of a set. It is fetched again before that age, so that the new set arrives in time.
    pub cache_duration: u64,
    /// The minimum time between two fetches that a token with an unknown `kid` triggers.
    pub cooldown: u64,
}

/// The delay after the first failed fetch; it doubles with each further failure.
const FIRST_DELAY: u64 = 1000;
/// The maximum delay after a failed fetch.
const MAX_DELAY: u64 = 60_000;
/// How long after the timeout of a fetch another worker takes over.
const GRACE: u64 = 1000;

/// The state of a fetched key set, shared by the workers of a process; times are in milliseconds since 1970.
///
/// A worker that is about to fetch makes a [`claim`](Self::claim) and stores it by compare-and-swap: one worker
/// fetches, and the others see the claim. Times ahead of the clock, which may have been set back, are ignored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FetchState {
    /// The SHA-256 of the current set, if one was fetched.
    pub set: Option<[u8; 32]>,
    /// When the issuer last returned the set.
    pub fetched_at: u64,
    /// The number of consecutive failed fetches.
    pub failures: u64,
    due_at: u64,
    leased_until: u64,
    forced_at: u64,
}

impl FetchState {
    /// Decodes the output of [`Self::encode`]. Returns the initial state for other bytes.
    pub fn decode(bytes: &[u8]) -> Self {
        let parts = bytes.split_first_chunk().map(|(set, numbers)| (*set, numbers.as_chunks()));
        let Some((set, ([fetched_at, failures, due_at, leased_until, forced_at], []))) = parts else {
            return Self::default();
        };
        let number = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
        Self {
            set: (set != [0; 32]).then_some(set),
            fetched_at: number(fetched_at),
            failures: number(failures),
            due_at: number(due_at),
            leased_until: number(leased_until),
            forced_at: number(forced_at),
        }
    }

    /// Encodes the state for storage.
    pub fn encode(&self) -> Vec<u8> {
        let Self { set, fetched_at, failures, due_at, leased_until, forced_at } = *self;
        let mut bytes = set.unwrap_or_default().to_vec();
        for number in [fetched_at, failures, due_at, leased_until, forced_at] {
            bytes.extend(number.to_le_bytes());
        }
        bytes
    }

    /// Returns true if a worker is fetching the set.
    pub fn is_in_progress(&self, now: u64, policy: RefreshPolicy) -> bool {
        let longest = now.saturating_add(policy.timeout).saturating_add(GRACE);
        now < self.leased_until && self.leased_until <= longest
    }

    /// Returns true if the set is due to be fetched within so many milliseconds.
    pub fn is_due_within(&self, milliseconds: u64, now: u64, policy: RefreshPolicy) -> bool {
        // Another provider may share the set, with a longer cache duration.
        let own = self.fetched_at.saturating_add(policy.cache_duration);
        let due_at = if self.failures == 0 { self.due_at.min(own) } else { self.due_at };
        due_at <= now.saturating_add(milliseconds) || now < self.fetched_at
    }

    /// Returns true if a token whose `kid` is not in the set may trigger a fetch. Returns false after a failed fetch, so
    /// that clients cannot decide how often an issuer that is down is called.
    pub fn is_forced_fetch_allowed(&self, now: u64, policy: RefreshPolicy) -> bool {
        let over = self.forced_at.saturating_add(policy.cooldown) <= now || now < self.forced_at;
        self.failures == 0 && over
    }

    /// Returns the state to store before fetching now, or `None` if no fetch is due. `forced`: a token has an unknown
    /// `kid`.
    pub fn claim(&self, now: u64, policy: RefreshPolicy, forced: bool) -> Option<Self> {
        let forced = forced && self.is_forced_fetch_allowed(now, policy);
        if self.is_in_progress(now, policy) || !(forced || self.is_due_within(0, now, policy)) {
            return None;
        }
        let leased_until = now.saturating_add(policy.timeout).saturating_add(GRACE);
        let forced_at = if forced { now } else { self.forced_at };
        Some(Self { leased_until, forced_at, ..*self })
    }

    /// Returns the state after the issuer returned the set with this digest. `random` is any number.
    #[must_use]
    pub fn succeeded(&self, now: u64, policy: RefreshPolicy, random: u64, set: [u8; 32]) -> Self {
        // Refresh 10 to 20% early, at random, to spread the load.
        let early = jitter(policy.cache_duration / 10, random);
        Self {
            set: Some(set),
            fetched_at: now,
            failures: 0,
            due_at: now.saturating_add(policy.cache_duration).saturating_sub(early),
            leased_until: 0,
            ..*self
        }
    }

    /// Returns the state after a fetch failed or returned an unusable set.
    #[must_use]
    pub fn failed(&self, now: u64, policy: RefreshPolicy, random: u64) -> Self {
        let doubled = FIRST_DELAY.saturating_mul(1 << self.failures.min(16));
        let delay = doubled.min(MAX_DELAY).min(policy.cache_duration.max(FIRST_DELAY));
        let due_at = now.saturating_add(jitter(delay / 2, random));
        Self { failures: self.failures.saturating_add(1), due_at, leased_until: 0, ..*self }
    }
}

/// Returns a number from `least` to twice as much.
fn jitter(least: u64, random: u64) -> u64 {
    least + random % least.saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::{FetchState, RefreshPolicy};
    use crate::test;

    const POLICY: RefreshPolicy = RefreshPolicy { timeout: 5000, cache_duration: 600_000, cooldown: 10_000 };
    const NOW: u64 = 1_000_000;

    /// A set that was fetched at `NOW`.
    fn fetched(random: u64) -> FetchState {
        FetchState::default().succeeded(NOW, POLICY, random, [1; 32])
    }

    #[test]
    fn one_worker_claims_and_the_others_see_it() {
        let first = FetchState::default().claim(NOW, POLICY, false).unwrap();
        assert!(first.is_in_progress(NOW, POLICY) && first.claim(NOW, POLICY, true).is_none());
        // The claim of a worker that is gone expires.
        assert!(
            !first.is_in_progress(NOW + 6000, POLICY) && first.claim(NOW + 6000, POLICY, false).is_some()
        );
    }

    #[test]
    fn a_set_is_fetched_again_before_it_expires() {
        for random in [0, 1, 59_999, 60_000, u64::MAX] {
            let set = fetched(random);
            assert_eq!((set.set, set.fetched_at), (Some([1; 32]), NOW));
            assert!(set.claim(NOW + 479_999, POLICY, false).is_none(), "{random}");
            assert!(set.claim(NOW + 540_000, POLICY, false).is_some(), "{random}");
        }
        let sooner = RefreshPolicy { cache_duration: 1000, ..POLICY };
        assert!(fetched(0).claim(NOW + 999, sooner, false).is_none());
        assert!(fetched(0).claim(NOW + 1000, sooner, false).is_some());
    }

    #[test]
    fn unknown_kids_fetch_once_per_cooldown() {
        let forced = fetched(0).claim(NOW + 1, POLICY, true).unwrap().succeeded(NOW + 2, POLICY, 0, [1; 32]);
        assert!(
            !forced.is_forced_fetch_allowed(NOW + 10_000, POLICY)
                && forced.claim(NOW + 10_000, POLICY, true).is_none()
        );
        assert!(forced.claim(NOW + 10_001, POLICY, true).is_some());
        // No forced fetch after a failure.
        assert!(forced.failed(NOW + 3, POLICY, u64::MAX).claim(NOW + 20, POLICY, true).is_none());
    }

    #[test]
    fn delays_grow_with_each_failure() {
        let mut set = fetched(0);
        for (least, most) in [(500, 1000), (1000, 2000), (2000, 4000), (4000, 8000)] {
            for random in [0, u64::MAX] {
                let failed = set.failed(NOW, POLICY, random);
                assert!(failed.due_at >= NOW + least && failed.due_at <= NOW + most, "{random}");
                assert!(
                    failed.is_due_within(most, NOW, POLICY) && !failed.is_due_within(least - 1, NOW, POLICY)
                );
            }
            set = set.failed(NOW, POLICY, 0);
            assert_eq!((set.set, set.fetched_at), (Some([1; 32]), NOW));
        }
        for _ in 0..100 {
            set = set.failed(NOW, POLICY, u64::MAX);
        }
        assert!(set.due_at <= NOW + 60_000);
    }

    #[test]
    fn times_ahead_of_the_clock_are_ignored() {
        let earlier = NOW - 500_000;
        assert!(fetched(0).claim(earlier, POLICY, false).is_some());
        let forced = fetched(0).claim(NOW + 1, POLICY, true).unwrap();
        assert!(forced.is_forced_fetch_allowed(earlier, POLICY) && !forced.is_in_progress(earlier, POLICY));
    }

    #[test]
    fn encoding_round_trips() {
        let set = fetched(7).claim(NOW, POLICY, true).unwrap();
        assert_eq!(FetchState::decode(&set.encode()), set);
        assert_eq!(FetchState::decode(&FetchState::default().encode()), FetchState::default());
        for bytes in [&[][..], &[1; 31], &[1; 71], &[1; 80]] {
            assert_eq!(FetchState::decode(bytes), FetchState::default());
        }
    }
}
