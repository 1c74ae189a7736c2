//! A policy of any filter.

use crate::decided::Decided;
use crate::request::Request;
use policy::Outcome;
use policy::decision::{Filter, Step};
use policy::document::Problem;
use policy::http::Connection;
use policy::stages::{HeaderStage, KeyRing, PathStage, RemoteKeys, Ringfence, Stage, TokenStage, VhostStage};

/// The filters that a policy can be of, as their modules are named with dashes.
pub const FILTERS: [&str; 5] =
    ["vhost-policy", "path-policy", "token-validation", "header-policy", "ringfence"];

/// A policy that was loaded, of whichever filter.
#[derive(Debug)]
pub struct Policy(Box<dyn Decide>);

impl Policy {
    /// Loads a policy of the filter of this name from JSON.
    ///
    /// # Errors
    /// Every problem.
    pub fn load(filter: &str, policy: &[u8]) -> Result<Self, Vec<Problem>> {
        match filter {
            "vhost-policy" => load::<VhostStage>(policy),
            "path-policy" => load::<PathStage>(policy),
            "token-validation" => load::<TokenStage>(policy),
            "header-policy" => load::<HeaderStage>(policy),
            "ringfence" => load::<Ringfence>(policy),
            _ => Err(vec![Problem {
                code: "unknown_filter",
                path: String::new(),
                message: format!("`{filter}` is no filter"),
                help: "write vhost-policy, path-policy, token-validation, header-policy or ringfence"
                    .to_owned(),
            }]),
        }
    }

    /// What comes of a request at `now`, in seconds since 1970; the upstream, if it is asked, answers with these headers.
    pub fn decide(&self, request: &Request, now: u64, answered: &[(&str, &str)]) -> Decided {
        self.0.decide(request, now, answered)
    }

    /// The filters that it is, in the order in which a request passes them.
    pub fn filters(&self) -> Vec<Filter> {
        self.0.filters()
    }

    /// The sets of keys that somebody has to fetch for it.
    pub fn remote_keys(&self) -> Vec<RemoteKeys> {
        self.0.key_ring().map(KeyRing::remote_keys).unwrap_or_default()
    }

    /// Takes a set of keys for one of them; says which of the keys are left out.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn take_keys(&self, provider_index: usize, set: &[u8], at: u64) -> Result<Vec<String>, String> {
        let skipped = self.0.key_ring().map(|keys| keys.take_keys(provider_index, set, at)).transpose()?;
        Ok(skipped.iter().flatten().map(ToString::to_string).collect())
    }

    /// What an operator may want to know of it, a line each.
    pub fn warnings(&self) -> Vec<String> {
        self.0.key_ring().map(KeyRing::warnings).unwrap_or_default()
    }
}

fn load<S: Stage + 'static>(policy: &[u8]) -> Result<Policy, Vec<Problem>> {
    policy::load::<S>(policy).map(|stage| Policy(Box::new(stage)))
}

/// What a stage does, for callers that do not know which it is.
trait Decide: std::fmt::Debug {
    fn decide(&self, request: &Request, now: u64, answered: &[(&str, &str)]) -> Decided;
    fn filters(&self) -> Vec<Filter>;
    fn key_ring(&self) -> Option<&KeyRing>;
}

impl<S: Stage> Decide for S {
    fn decide(&self, request: &Request, now: u64, answered: &[(&str, &str)]) -> Decided {
        let connection = Connection {
            tls: request.tls,
            sni: request.sni.as_deref(),
            certificate: request.certificate.as_deref().map(str::as_bytes),
        };
        let outcome: Outcome<'_, S, Vec<Step>> = policy::decide(self, request.lines(), connection, now);
        Decided::of(self, outcome, answered)
    }

    fn filters(&self) -> Vec<Filter> {
        Stage::filters(self)
    }

    fn key_ring(&self) -> Option<&KeyRing> {
        Stage::key_ring(self)
    }
}
