//! The keys that verify tokens.

use super::cache::{Cache, CacheBytes, VerifiedToken};
use super::challenge::TokenDenial;
use super::jwks::RemoteKeys;
use super::only_token::OnlyToken;
use super::provider_state::ProviderState;
use super::search::TokenSearch;
use crate::decision::{Reason, TokenReport};
use crate::http::{Query, Request};
use jose::{InModule, Jws, SkippedKey, Verifier};
use serde_json::Value;
use std::cell::RefCell;
use std::rc::Rc;

/// The providers with their keys, the verifier of signatures, and a cache of verified tokens.
///
/// A policy without token-validation has no key ring.
#[derive(Debug)]
pub struct KeyRing {
    /// In the order of their names.
    providers: Vec<ProviderState>,
    search: TokenSearch,
    verifier: RefCell<Signatures>,
    cache: RefCell<Cache>,
}

struct Signatures(Box<dyn Verifier>);

impl std::fmt::Debug for Signatures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signatures")
    }
}

impl KeyRing {
    /// Replaces the verifier of signatures, which is [`InModule`] at first.
    pub fn verify_with(&self, verifier: Box<dyn Verifier>) {
        self.verifier.replace(Signatures(verifier));
    }

    /// Returns the key sets that are to be fetched.
    pub fn remote_keys(&self) -> Vec<RemoteKeys> {
        self.providers.iter().filter_map(ProviderState::remote).collect()
    }

    /// Replaces the keys of a provider with a key set that was fetched at `at`, in seconds since 1970. Returns the
    /// keys of the set that cannot be used.
    ///
    /// # Errors
    /// Returns the reason if the key set is invalid. The provider keeps its previous keys.
    pub fn take_keys(&self, provider_index: usize, set: &[u8], at: u64) -> Result<Vec<SkippedKey>, String> {
        let Some(provider) = self.providers.get(provider_index) else { return Ok(Vec::new()) };
        let skipped = provider.take(set, at)?;
        self.cache.borrow_mut().clear();
        Ok(skipped)
    }

    /// Records that a provider's key set was fetched at `at`, in seconds since 1970, and has not changed.
    pub fn confirm_keys(&self, provider_index: usize, at: u64) {
        if let Some(provider) = self.providers.get(provider_index) {
            provider.confirm(at);
        }
    }

    /// Returns a line for each inline key that cannot be used.
    pub fn warnings(&self) -> Vec<String> {
        let skipped = self.providers.iter().flat_map(|provider| {
            provider.skipped.iter().map(|key| format!("keys of provider `{}`: {key}", provider.name))
        });
        skipped.collect()
    }

    pub(super) fn new(providers: Vec<ProviderState>, cache: CacheBytes) -> Self {
        Self {
            search: TokenSearch::new(&providers),
            providers,
            verifier: RefCell::new(Signatures(Box::new(InModule))),
            cache: RefCell::new(Cache::new(cache)),
        }
    }

    /// Returns the providers, in the order of the policy.
    pub(super) fn providers(&self) -> &[ProviderState] {
        &self.providers
    }

    /// Returns true if a server may read the header `name` as one that contains tokens.
    pub(super) fn reads(&self, name: &[u8]) -> bool {
        self.search.reads(name)
    }

    /// Finds the only token of the request in the sources of the providers with these names.
    ///
    /// # Errors
    /// Returns the reason if there is more than one, or the search costs too much.
    pub(super) fn only_token(
        &self,
        names: &[String],
        request: &Request<'_>,
        query: &Query<'_>,
    ) -> Result<OnlyToken, Reason> {
        let mut is_accepted = vec![false; self.providers.len()];
        for name in names {
            let place = self.providers.binary_search_by(|state| state.name.cmp(name));
            if let Some(accepted) = place.ok().and_then(|place| is_accepted.get_mut(place)) {
                *accepted = true;
            }
        }
        self.search.only_token(&is_accepted, request, query)
    }

    /// Verifies a token against the providers whose sources contain it, or finds it in the cache.
    pub(super) fn verify(
        &self,
        has_it: &[bool],
        token: &[u8],
        request: &Request<'_>,
        report: &mut TokenReport,
    ) -> Result<Rc<VerifiedToken>, TokenDenial> {
        if let Some(cached) = self.cached(token, has_it, request, report) {
            report.cache_hits += 1;
            return Ok(cached);
        }
        let jws = parse(token)?;
        let provider_index = self.issuer(has_it, &jws, request, report)?;
        let verified = Rc::new(VerifiedToken {
            provider_index,
            claims: Rc::new(jws.claims),
            payload: jws.payload.to_owned(),
        });
        self.cache.borrow_mut().put(token, &verified);
        Ok(verified)
    }

    /// Returns the cached token of one of these providers, if it is still valid.
    fn cached(
        &self,
        token: &[u8],
        has_it: &[bool],
        request: &Request<'_>,
        report: &mut TokenReport,
    ) -> Option<Rc<VerifiedToken>> {
        self.cache.borrow_mut().find(token, |known| {
            has_it.get(known.provider_index) == Some(&true)
                && self
                    .providers
                    .get(known.provider_index)
                    .is_some_and(|provider| provider.check_claims(&known.claims, request, report).is_ok())
        })
    }

    /// Returns the index of the provider that issued the token.
    ///
    /// # Errors
    /// Returns the first denial due to missing keys among the providers with this `iss`; otherwise the last denial.
    fn issuer(
        &self,
        has_it: &[bool],
        jws: &Jws<'_>,
        request: &Request<'_>,
        report: &mut TokenReport,
    ) -> Result<usize, TokenDenial> {
        let issuer = jws.claims.get("iss").and_then(Value::as_str);
        let verifier = self.verifier.borrow();
        let mut denial = TokenDenial::from(Reason::TOKEN_ISSUER);
        let candidates = self.providers.iter().zip(has_it).filter(|(_, has_it)| **has_it);
        let is_issuer = |other: &&ProviderState| issuer == Some(other.provider.issuer.as_str());
        for provider in candidates.map(|(provider, _)| provider).filter(is_issuer) {
            match provider.validate(jws, &*verifier.0, request, report) {
                Ok(()) => return Ok(provider.provider_index),
                Err(_) if denial.retry_after.is_some() => {}
                Err(why) => denial = why,
            }
        }
        Err(denial)
    }
}

/// Parses a token.
///
/// # Errors
/// Returns the reason if the bytes are not one token.
fn parse(token: &[u8]) -> Result<Jws<'_>, Reason> {
    let text = std::str::from_utf8(token).map_err(|_| Reason::TOKEN_MALFORMED);
    let parsed = text.and_then(|text| Jws::parse(text).map_err(Reason::from));
    parsed.map_err(|reason| match reason {
        _ if contains_several(token) => Reason::TOKEN_REPEATED,
        // Something after the token.
        _ if token.contains(&b',') => Reason::TOKEN_MALFORMED,
        other => other,
    })
}

/// Returns true if the bytes contain several texts of three parts, as signed tokens have (RFC 7515, section 7.1), of the bytes
/// of a `token68` (RFC 9110, section 11.2).
fn contains_several(bytes: &[u8]) -> bool {
    let is_token68 = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(byte);
    let dots = |text: &[u8]| text.iter().filter(|byte| **byte == b'.').count();
    bytes.split(|byte| !is_token68(byte)).filter(|text| dots(text) == 2).count() > 1
}
