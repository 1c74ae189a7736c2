//! A loaded policy of any module.

use crate::{Decided, Request};
use policy::Outcome;
use policy::decision::{Filter, Step};
use policy::document::Problem;
use policy::stages::{KeyRing, Stage};
use std::time::{SystemTime, UNIX_EPOCH};

/// A loaded policy of any module: the part of [`Stage`] that does not depend on its types.
pub trait Policy: std::fmt::Debug {
    /// Decides about a request at `now`, in seconds since 1970. `response` is the header of the upstream's response to
    /// an allowed request.
    fn decide(&self, request: &Request, now: u64, response: &[(&str, &str)]) -> Decided;

    /// Returns the filters of the policy, in the order in which a request passes them.
    fn filters(&self) -> Vec<Filter>;

    /// Returns the keys that verify tokens; `None` if the policy validates none.
    fn key_ring(&self) -> Option<&KeyRing>;
}

/// A loaded policy, or every problem of the policy.
pub type Loaded = Result<Box<dyn Policy>, Vec<Problem>>;

/// Loads a policy from JSON.
///
/// # Errors
/// Returns every problem of the policy.
pub fn load<S: Stage + 'static>(policy: &[u8]) -> Loaded {
    Ok(Box::new(policy::load::<S>(policy)?))
}

/// Returns the time of the clock, in seconds since 1970.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map(|time| time.as_secs()).unwrap_or_default()
}

impl<S: Stage> Policy for S {
    fn decide(&self, request: &Request, now: u64, response: &[(&str, &str)]) -> Decided {
        let outcome: Outcome<'_, S, Vec<Step>> =
            policy::decide(self, request.lines(), request.connection(), now);
        Decided::new(self, outcome, response)
    }

    fn filters(&self) -> Vec<Filter> {
        Stage::filters(self)
    }

    fn key_ring(&self) -> Option<&KeyRing> {
        Stage::key_ring(self)
    }
}
