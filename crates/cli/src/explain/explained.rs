//! A request with its decision.

use inspect::{Decided, Policy, Request};

/// A request with its decision.
#[derive(Debug)]
pub struct Explained<'p> {
    pub policy: &'p dyn Policy,
    pub request: Request,
    pub decided: Decided,
    /// Notes about the keys of the policy.
    pub notes: &'p [String],
}

impl<'p> Explained<'p> {
    /// Decides about a request at `now`, in seconds since 1970; `response` is the header of the upstream's response.
    pub fn new(
        policy: &'p dyn Policy,
        request: Request,
        now: u64,
        response: &[(&str, &str)],
        notes: &'p [String],
    ) -> Self {
        let decided = policy.decide(&request, now, response);
        Self { policy, request, decided, notes }
    }
}
