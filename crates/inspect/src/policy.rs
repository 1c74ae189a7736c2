//! A loaded policy of any module.

use crate::{Decided, Request};
use policy::Outcome;
use policy::decision::{Filter, Step};
use policy::document::Problem;
use policy::http::Connection;
use policy::stages::{KeyRing, Stage};
use std::time::{SystemTime, UNIX_EPOCH};

/// A loaded policy of any module.
#[derive(Debug)]
pub struct Policy(Box<dyn AnyStage>);

impl Policy {
    /// Loads a policy from JSON.
    ///
    /// # Errors
    /// Returns every problem of the policy.
    pub fn load<S: Stage + 'static>(policy: &[u8]) -> Result<Self, Vec<Problem>> {
        policy::load::<S>(policy).map(|stage| Self(Box::new(stage)))
    }

    /// Decides about a request at `now`, in seconds since 1970. `response` is the header of the upstream's response to
    /// an allowed request.
    pub fn decide(&self, request: &Request, now: u64, response: &[(&str, &str)]) -> Decided {
        self.0.decide(request, now, response)
    }

    /// Returns the filters of the policy, in the order in which a request passes them.
    pub fn filters(&self) -> Vec<Filter> {
        self.0.filters()
    }

    /// Returns the keys that verify tokens; `None` if the policy validates none.
    pub fn key_ring(&self) -> Option<&KeyRing> {
        self.0.key_ring()
    }
}

/// Returns the time of the clock, in seconds since 1970.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map(|time| time.as_secs()).unwrap_or_default()
}

/// The part of [`Stage`] that does not depend on its types.
trait AnyStage: std::fmt::Debug {
    fn decide(&self, request: &Request, now: u64, response: &[(&str, &str)]) -> Decided;
    fn filters(&self) -> Vec<Filter>;
    fn key_ring(&self) -> Option<&KeyRing>;
}

impl<S: Stage> AnyStage for S {
    fn decide(&self, request: &Request, now: u64, response: &[(&str, &str)]) -> Decided {
        let connection = Connection {
            tls: request.tls,
            sni: request.sni.as_deref(),
            certificate: request.certificate.as_deref().map(str::as_bytes),
        };
        let outcome: Outcome<'_, S, Vec<Step>> = policy::decide(self, request.lines(), connection, now);
        Decided::new(self, outcome, response)
    }

    fn filters(&self) -> Vec<Filter> {
        Stage::filters(self)
    }

    fn key_ring(&self) -> Option<&KeyRing> {
        Stage::key_ring(self)
    }
}
