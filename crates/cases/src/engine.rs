//! A case through the engine.

use crate::case::{Case, CaseFile};
use crate::compare::Observed;
use crate::policy::Policy;
use policy::document::Problem;
use std::time::{SystemTime, UNIX_EPOCH};

/// Loads a policy for the filter, for what is wrong with it.
///
/// # Errors
/// Every problem.
pub fn load(filter: &str, policy: &[u8]) -> Result<(), Vec<Problem>> {
    Policy::load(filter, policy).map(drop)
}

/// What the engine makes of a case.
///
/// # Errors
/// What is wrong with the case or the policy.
pub fn run(file: &CaseFile, case: &Case) -> Result<Observed, String> {
    let policy = file
        .load()
        .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    Ok(policy.decide(&case.as_request()?, now(), &UPSTREAM_RESPONSE).observed())
}

impl CaseFile {
    /// Loads its policy.
    ///
    /// # Errors
    /// Every problem.
    pub fn load(&self) -> Result<Policy, Vec<Problem>> {
        Policy::load(&self.filter, self.policy.to_string().as_bytes())
    }
}

/// The time, in seconds since 1970: Envoy runs the same cases by the clock.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map(|time| time.as_secs()).unwrap_or_default()
}

/// The headers of the response that the upstream of every runner makes.
pub const UPSTREAM_RESPONSE: [(&str, &str); 3] =
    [("content-type", "text/plain"), ("server", "upstream"), ("x-powered-by", "upstream")];
