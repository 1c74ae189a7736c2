//! Whether a token is one of a provider.

use super::claims::{self, Terms};
use super::document::Provider;
use jose::{Jws, KeySet, Verifier};

/// A provider and its keys.
#[derive(Debug)]
pub(super) struct Issuer {
    /// Its name.
    pub(super) name: String,
    /// What its tokens must be.
    pub(super) provider: Provider,
    /// Its keys.
    pub(super) keys: KeySet,
}

impl Issuer {
    /// Whether the token is one of this provider at the time `now`, in seconds since 1970; the reason where it is not.
    pub(super) fn validate(
        &self,
        jws: &Jws<'_>,
        verifier: &dyn Verifier,
        now: u64,
    ) -> Result<(), &'static str> {
        let provider = &self.provider;
        if !provider.algorithms.0.contains(&jws.algorithm) {
            return Err("token_algorithm");
        }
        let is_type =
            |typ: &str| provider.types.as_ref().is_none_or(|types| types.0.iter().any(|t| same_type(t, typ)));
        if !jws.typ.as_deref().map_or(provider.types.is_none(), is_type) {
            return Err("token_type");
        }
        let mut candidates = self.keys.candidates(jws.algorithm, jws.kid.as_deref()).peekable();
        if candidates.peek().is_none() {
            return Err("token_key");
        }
        if !candidates.any(|key| verifier.verify(jws.algorithm, key, jws.message, &jws.signature)) {
            return Err("token_signature");
        }
        let terms = Terms {
            issuer: &provider.issuer,
            audiences: provider.audiences.as_ref().map_or(&[], |audiences| &audiences.0),
            skew: provider.clock_skew.as_secs(),
            require_expiration: provider.require_expiration,
            max_lifetime: provider.max_lifetime.map(crate::vocabulary::Duration::as_secs),
        };
        claims::check(&jws.claims, &terms, now)
    }
}

/// Whether both are one media type, of which `application/` may be left out (RFC 7515, section 4.1.9).
fn same_type(one: &str, other: &str) -> bool {
    let short = |text: &str| text.to_ascii_lowercase().trim_start_matches("application/").to_owned();
    short(one) == short(other)
}
