//! A provider, its keys, and the validation of its tokens.

use super::challenge::TokenDenial;
use super::claims;
use super::jwks::{Jwks, RemoteKeys};
use super::provider::{Confirmation, Provider};
use crate::decision::{KeysWanted, MissingKeys, Reason, TokenReport};
use crate::http::Request;
use jose::{Algorithm, Jws, KeySet, SkippedKey, Verifier};
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::rc::Rc;

/// The maximum number of keys that are tried for one token. Each costs a signature check.
const MAX_TRIED: usize = 16;

/// The keys of a set that can be used, and those that cannot.
pub(super) type UsableKeys = (Rc<KeySet>, Vec<SkippedKey>);

/// Parses a key set for these algorithms.
///
/// # Errors
/// Returns what is wrong and the fix if the set is malformed or has no usable key.
pub(super) fn usable_keys(
    set: &[u8],
    algorithms: &[Algorithm],
) -> Result<UsableKeys, (String, &'static str)> {
    let (keys, skipped) = KeySet::parse(set, algorithms)
        .map_err(|error| (error.reason().to_owned(), "write `{keys: [...]}` (RFC 7517)"))?;
    if keys.is_empty() {
        let why: Vec<String> = skipped.iter().map(ToString::to_string).collect();
        let message = format!("the key set has no usable key: {}", why.join("; "));
        return Err((message, "add a key for one of `algorithms`"));
    }
    Ok((Rc::new(keys), skipped))
}

/// A provider and its keys.
#[derive(Debug, Clone)]
pub struct ProviderState {
    pub(super) provider_index: usize,
    pub(super) name: String,
    /// The issuer and the requirements on its tokens.
    pub(super) provider: Provider,
    keys: Keys,
    /// The inline keys that cannot be used.
    pub(super) skipped: Vec<SkippedKey>,
}

#[derive(Debug, Clone)]
enum Keys {
    Inline(Rc<KeySet>),
    Fetched(RefCell<Option<Fetched>>),
}

/// A key set and the time of its fetch, in seconds since 1970.
#[derive(Debug, Clone)]
struct Fetched {
    set: Rc<KeySet>,
    at: u64,
}

impl ProviderState {
    pub(super) fn new(
        provider_index: usize,
        name: &str,
        provider: Provider,
        inline: Option<UsableKeys>,
    ) -> Self {
        let (keys, skipped) = match inline {
            Some((keys, skipped)) => (Keys::Inline(keys), skipped),
            None => (Keys::Fetched(RefCell::default()), Vec::new()),
        };
        Self { provider_index, name: name.to_owned(), provider, keys, skipped }
    }

    /// Returns how the keys are fetched, unless they are inline.
    pub(super) fn remote(&self) -> Option<RemoteKeys> {
        let Jwks::Remote(remote) = &self.provider.jwks else { return None };
        Some(remote.keys(self.provider_index, &self.name, &self.provider.algorithms.0))
    }

    /// Replaces the keys with a set that was fetched at `at`, in seconds since 1970.
    ///
    /// # Errors
    /// Returns the reason if the set is invalid. The previous keys stay.
    pub(super) fn take(&self, set: &[u8], at: u64) -> Result<Vec<SkippedKey>, String> {
        let (set, skipped) = usable_keys(set, &self.provider.algorithms.0).map_err(|(message, _)| message)?;
        if let Keys::Fetched(keys) = &self.keys {
            keys.replace(Some(Fetched { set, at }));
        }
        Ok(skipped)
    }

    /// Records that the same set was fetched again.
    pub(super) fn confirm(&self, at: u64) {
        if let Keys::Fetched(keys) = &self.keys
            && let Some(fetched) = keys.borrow_mut().as_mut()
        {
            fetched.at = at;
        }
    }

    /// Returns the keys that are valid at the time `now`.
    fn keys(&self, now: u64, report: &mut TokenReport) -> Result<Rc<KeySet>, TokenDenial> {
        let (keys, remote) = match (&self.keys, &self.provider.jwks) {
            (Keys::Fetched(keys), Jwks::Remote(remote)) => (keys.borrow().clone(), remote),
            (Keys::Inline(keys), _) => return Ok(Rc::clone(keys)),
            _ => return Err(Reason::TOKEN_KEY.into()),
        };
        let reason = match keys {
            Some(Fetched { set, at }) if now <= at.saturating_add(remote.max_age()) => return Ok(set),
            Some(_) => Reason::KEYS_STALE,
            None => Reason::KEYS_MISSING,
        };
        report.keys_wanted.push(self.wanted(MissingKeys::Keys));
        Err(TokenDenial { reason, retry_after: Some(remote.retry_after()) })
    }

    fn wanted(&self, missing: MissingKeys) -> KeysWanted {
        KeysWanted { provider_index: self.provider_index, missing }
    }

    /// Checks that a token was issued by this provider and is valid for the request.
    pub(super) fn validate(
        &self,
        jws: &Jws<'_>,
        verifier: &dyn Verifier,
        request: &Request<'_>,
        report: &mut TokenReport,
    ) -> Result<(), TokenDenial> {
        let provider = &self.provider;
        if !provider.algorithms.0.contains(&jws.algorithm) {
            return Err(Reason::TOKEN_ALGORITHM.into());
        }
        let is_type = |typ: &str| {
            provider.types.as_ref().is_none_or(|types| types.iter().any(|t| is_same_type(t, typ)))
        };
        if !jws.typ.as_deref().map_or(provider.types.is_none(), is_type) {
            return Err(Reason::TOKEN_TYPE.into());
        }
        // Before the signature: an invalid token costs neither a signature check nor a fetch.
        let keys = self.check_claims(&jws.claims, request, report)?;
        self.verify(jws, verifier, &keys, report)
    }

    /// Checks everything but the signature: times, issuer, audience and binding to the connection. Returns the keys.
    pub(super) fn check_claims(
        &self,
        claims: &Map<String, Value>,
        request: &Request<'_>,
        report: &mut TokenReport,
    ) -> Result<Rc<KeySet>, TokenDenial> {
        let provider = &self.provider;
        claims::check(claims, provider, request.now)?;
        if provider.confirmation == Some(Confirmation::Mtls) {
            claims::confirm(claims, request.connection.certificate)?;
        }
        self.keys(request.now, report)
    }

    fn verify(
        &self,
        jws: &Jws<'_>,
        verifier: &dyn Verifier,
        keys: &KeySet,
        report: &mut TokenReport,
    ) -> Result<(), TokenDenial> {
        let mut reason = Reason::TOKEN_KEY;
        for key in keys.candidates(jws.algorithm, jws.kid.as_deref()).take(MAX_TRIED) {
            report.signature_checks += 1;
            if verifier.verify(jws.algorithm, key, jws.message, &jws.signature) {
                return Ok(());
            }
            reason = Reason::TOKEN_SIGNATURE;
        }
        let is_unknown = jws.kid.as_ref().is_some_and(|kid| !keys.has_kid(kid));
        if is_unknown && matches!(self.keys, Keys::Fetched(_)) {
            report.keys_wanted.push(self.wanted(MissingKeys::Kid));
        }
        Err(reason.into())
    }
}

/// Returns true if both are the same media type; `application/` is optional (RFC 7515, section 4.1.9).
fn is_same_type(one: &str, other: &str) -> bool {
    let short = |text: &str| {
        let text = text.to_ascii_lowercase();
        text.strip_prefix("application/").map(str::to_owned).unwrap_or(text)
    };
    short(one) == short(other)
}
