//! When a set of keys is fetched: what the workers of a process know of it together, and what follows from that.

/// How a set is fetched; all times in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefreshPolicy {
    /// How long an answer may take.
    pub timeout: u64,
    /// After how long a set is fetched anew; that is done ahead of it, so that the answer is there in time.
    pub cache_duration: u64,
    /// How long after a token with an unknown `kid` made a worker fetch another such token may.
    pub cooldown: u64,
}

/// The first pause after a fetch that failed; it doubles from one to the next.
const FIRST_PAUSE: u64 = 1000;
/// The longest pause after a fetch that failed.
const LONGEST_PAUSE: u64 = 60_000;
/// How much longer than its timeout a fetch may take before another worker takes over.
const GRACE: u64 = 1000;

/// What the workers of a process know together of a set that is fetched; times are in milliseconds since 1970.
///
/// Whoever wants to fetch makes a [`claim`](Self::claim) and puts it in the place of what it had read, by comparing and
/// swapping: one worker fetches, the others see that it does. Times that lie ahead of the clock, which may have been set
/// back, bind nobody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fetching {
    /// The SHA-256 of the set; nothing where there is none yet.
    pub set: Option<[u8; 32]>,
    /// When the issuer last gave the set.
    pub fetched_at: u64,
    /// The fetches in a row that failed.
    pub failures: u64,
    due_at: u64,
    leased_until: u64,
    forced_at: u64,
}

impl Fetching {
    /// Reads what [`Self::encode`] wrote; nothing known where it is something else.
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

    /// As it is stored.
    pub fn encode(&self) -> Vec<u8> {
        let Self { set, fetched_at, failures, due_at, leased_until, forced_at } = *self;
        let mut bytes = set.unwrap_or_default().to_vec();
        for number in [fetched_at, failures, due_at, leased_until, forced_at] {
            bytes.extend(number.to_le_bytes());
        }
        bytes
    }

    /// Whether a worker is fetching.
    pub fn is_under_way(&self, now: u64, pace: RefreshPolicy) -> bool {
        let longest = now.saturating_add(pace.timeout).saturating_add(GRACE);
        now < self.leased_until && self.leased_until <= longest
    }

    /// Whether it is time to fetch within so many milliseconds.
    pub fn is_due_within(&self, milliseconds: u64, now: u64, pace: RefreshPolicy) -> bool {
        // Whoever shares the set may cache it for longer than this one wants to.
        let own = self.fetched_at.saturating_add(pace.cache_duration);
        let due_at = if self.failures == 0 { self.due_at.min(own) } else { self.due_at };
        due_at <= now.saturating_add(milliseconds) || now < self.fetched_at
    }

    /// Whether a token whose `kid` is not in the set may make a worker fetch. Not while the issuer is away, or whoever
    /// sends tokens decides how often it is asked.
    pub fn may_be_forced(&self, now: u64, pace: RefreshPolicy) -> bool {
        let over = self.forced_at.saturating_add(pace.cooldown) <= now || now < self.forced_at;
        self.failures == 0 && over
    }

    /// What to put in its place in order to fetch now; nothing where it is not time. `forced`: a token has an unknown
    /// `kid`.
    pub fn claim(&self, now: u64, pace: RefreshPolicy, forced: bool) -> Option<Self> {
        let forced = forced && self.may_be_forced(now, pace);
        if self.is_under_way(now, pace) || !(forced || self.is_due_within(0, now, pace)) {
            return None;
        }
        let leased_until = now.saturating_add(pace.timeout).saturating_add(GRACE);
        let forced_at = if forced { now } else { self.forced_at };
        Some(Self { leased_until, forced_at, ..*self })
    }

    /// The issuer gave the set with this digest. `random` is any number.
    #[must_use]
    pub fn succeeded(&self, now: u64, pace: RefreshPolicy, random: u64, set: [u8; 32]) -> Self {
        // Ahead by a tenth to a fifth: processes that started together drift apart.
        let ahead = jitter(pace.cache_duration / 10, random);
        Self {
            set: Some(set),
            fetched_at: now,
            failures: 0,
            due_at: now.saturating_add(pace.cache_duration).saturating_sub(ahead),
            leased_until: 0,
            ..*self
        }
    }

    /// The issuer gave nothing that can be used.
    #[must_use]
    pub fn failed(&self, now: u64, pace: RefreshPolicy, random: u64) -> Self {
        let doubled = FIRST_PAUSE.saturating_mul(1 << self.failures.min(16));
        let pause = doubled.min(LONGEST_PAUSE).min(pace.cache_duration.max(FIRST_PAUSE));
        let due_at = now.saturating_add(jitter(pause / 2, random));
        Self { failures: self.failures.saturating_add(1), due_at, leased_until: 0, ..*self }
    }
}

/// From `least` to twice as much.
fn jitter(least: u64, random: u64) -> u64 {
    least + random % least.saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::{Fetching, RefreshPolicy};
    use crate::test;

    const PACE: RefreshPolicy = RefreshPolicy { timeout: 5000, cache_duration: 600_000, cooldown: 10_000 };
    const NOW: u64 = 1_000_000;

    /// A set that was fetched at `NOW`.
    fn fetched(random: u64) -> Fetching {
        Fetching::default().succeeded(NOW, PACE, random, [1; 32])
    }

    #[test]
    fn one_claims_and_the_others_see_it() {
        let first = Fetching::default().claim(NOW, PACE, false).unwrap();
        assert!(first.is_under_way(NOW, PACE) && first.claim(NOW, PACE, true).is_none());
        // A worker that is gone does not keep the others from it for ever.
        assert!(!first.is_under_way(NOW + 6000, PACE) && first.claim(NOW + 6000, PACE, false).is_some());
    }

    #[test]
    fn a_set_is_fetched_anew_ahead_of_its_end() {
        for random in [0, 1, 59_999, 60_000, u64::MAX] {
            let set = fetched(random);
            assert_eq!((set.set, set.fetched_at), (Some([1; 32]), NOW));
            assert!(set.claim(NOW + 479_999, PACE, false).is_none(), "{random}");
            assert!(set.claim(NOW + 540_000, PACE, false).is_some(), "{random}");
        }
        let sooner = RefreshPolicy { cache_duration: 1000, ..PACE };
        assert!(fetched(0).claim(NOW + 999, sooner, false).is_none());
        assert!(fetched(0).claim(NOW + 1000, sooner, false).is_some());
    }

    #[test]
    fn an_unknown_kid_makes_one_fetch_in_a_while() {
        let forced = fetched(0).claim(NOW + 1, PACE, true).unwrap().succeeded(NOW + 2, PACE, 0, [1; 32]);
        assert!(
            !forced.may_be_forced(NOW + 10_000, PACE) && forced.claim(NOW + 10_000, PACE, true).is_none()
        );
        assert!(forced.claim(NOW + 10_001, PACE, true).is_some());
        // An issuer that is away is not asked more often for it.
        assert!(forced.failed(NOW + 3, PACE, u64::MAX).claim(NOW + 20, PACE, true).is_none());
    }

    #[test]
    fn failures_are_further_and_further_apart() {
        let mut set = fetched(0);
        for (least, most) in [(500, 1000), (1000, 2000), (2000, 4000), (4000, 8000)] {
            for random in [0, u64::MAX] {
                let failed = set.failed(NOW, PACE, random);
                assert!(failed.due_at >= NOW + least && failed.due_at <= NOW + most, "{random}");
                assert!(failed.is_due_within(most, NOW, PACE) && !failed.is_due_within(least - 1, NOW, PACE));
            }
            set = set.failed(NOW, PACE, 0);
            assert_eq!((set.set, set.fetched_at), (Some([1; 32]), NOW));
        }
        for _ in 0..100 {
            set = set.failed(NOW, PACE, u64::MAX);
        }
        assert!(set.due_at <= NOW + 60_000);
    }

    #[test]
    fn a_clock_that_is_set_back_binds_nobody() {
        let earlier = NOW - 500_000;
        assert!(fetched(0).claim(earlier, PACE, false).is_some());
        let forced = fetched(0).claim(NOW + 1, PACE, true).unwrap();
        assert!(forced.may_be_forced(earlier, PACE) && !forced.is_under_way(earlier, PACE));
    }

    #[test]
    fn it_is_stored_and_read_again() {
        let set = fetched(7).claim(NOW, PACE, true).unwrap();
        assert_eq!(Fetching::decode(&set.encode()), set);
        assert_eq!(Fetching::decode(&Fetching::default().encode()), Fetching::default());
        for bytes in [&[][..], &[1; 31], &[1; 71], &[1; 80]] {
            assert_eq!(Fetching::decode(bytes), Fetching::default());
        }
    }
}
