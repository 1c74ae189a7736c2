//! A provider, its keys, and whether a token is one of its own.

use super::challenge::Refusal;
use super::claims::{self, Terms};
use super::document::{Confirmation, Provider};
use super::jwks::{Jwks, RemoteKeys};
use crate::decision::{KeysWanted, MissingKeys, Reason, TokenReport};
use crate::http::Request;
use jose::{Jws, KeySet, SkippedKey, Verifier};
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::rc::Rc;

/// The most keys that one token is tried with: each costs a check of its signature.
const MAX_TRIED: usize = 16;

/// A provider and its keys.
#[derive(Debug)]
pub(super) struct ProviderState {
    /// Its place among the issuers.
    pub(super) provider_index: usize,
    /// Its name.
    pub(super) name: String,
    /// What its tokens must be.
    pub(super) provider: Provider,
    keys: Keys,
    /// The keys that stand in the configuration and cannot be used.
    pub(super) skipped: Vec<SkippedKey>,
}

#[derive(Debug)]
enum Keys {
    Inline(Rc<KeySet>),
    Fetched(RefCell<Option<Fetched>>),
}

/// A set that was fetched, and when, in seconds since 1970.
#[derive(Debug, Clone)]
struct Fetched {
    set: Rc<KeySet>,
    at: u64,
}

impl ProviderState {
    /// The issuer at this place.
    pub(super) fn new(provider_index: usize, name: String, provider: Provider) -> Self {
        let (keys, skipped) = match &provider.jwks {
            Jwks::Inline(text) => {
                let read = KeySet::parse(text.as_bytes(), &provider.algorithms.0);
                let (keys, skipped) = read.unwrap_or_default();
                (Keys::Inline(Rc::new(keys)), skipped)
            }
            Jwks::Remote(_) => (Keys::Fetched(RefCell::new(None)), Vec::new()),
        };
        Self { provider_index, name, provider, keys, skipped }
    }

    /// How its keys are fetched, where they are.
    pub(super) fn remote(&self) -> Option<RemoteKeys> {
        match &self.provider.jwks {
            Jwks::Inline(_) => None,
            Jwks::Remote(remote) => {
                Some(remote.keys(self.provider_index, &self.name, &self.provider.algorithms.0))
            }
        }
    }

    /// Takes a set that was fetched at `at`, in seconds since 1970.
    ///
    /// # Errors
    /// Why it is none; the keys of before stay.
    pub(super) fn take(&self, set: &[u8], at: u64) -> Result<Vec<SkippedKey>, String> {
        let (set, skipped) =
            KeySet::parse(set, &self.provider.algorithms.0).map_err(|error| error.reason().to_owned())?;
        if set.is_empty() {
            let why: Vec<String> = skipped.iter().map(ToString::to_string).collect();
            return Err(format!("the key set has no key that can be used: {}", why.join("; ")));
        }
        if let Keys::Fetched(keys) = &self.keys {
            keys.replace(Some(Fetched { set: Rc::new(set), at }));
        }
        Ok(skipped)
    }

    /// Notes that the issuer gave the same set again.
    pub(super) fn confirm(&self, at: u64) {
        if let Keys::Fetched(keys) = &self.keys
            && let Some(fetched) = keys.borrow_mut().as_mut()
        {
            fetched.at = at;
        }
    }

    /// The keys that serve at the time `now`.
    fn keys(&self, now: u64, report: &mut TokenReport) -> Result<Rc<KeySet>, Refusal> {
        let (keys, remote) = match (&self.keys, &self.provider.jwks) {
            (Keys::Fetched(keys), Jwks::Remote(remote)) => (keys.borrow().clone(), remote),
            (Keys::Inline(keys), _) => return Ok(Rc::clone(keys)),
            _ => return Err(Reason::TOKEN_KEY.into()),
        };
        let reason = match keys {
            Some(Fetched { set, at }) if now <= at.saturating_add(remote.serves()) => return Ok(set),
            Some(_) => Reason::KEYS_STALE,
            None => Reason::KEYS_MISSING,
        };
        report
            .keys_wanted
            .push(KeysWanted { provider_index: self.provider_index, missing: MissingKeys::Keys });
        Err(Refusal { reason, retry_after: Some(remote.retry_after()) })
    }

    /// Whether the token is one of this provider.
    pub(super) fn validate(
        &self,
        jws: &Jws<'_>,
        verifier: &dyn Verifier,
        request: &Request<'_>,
        report: &mut TokenReport,
    ) -> Result<(), Refusal> {
        let provider = &self.provider;
        if !provider.algorithms.0.contains(&jws.algorithm) {
            return Err(Reason::TOKEN_ALGORITHM.into());
        }
        let is_type =
            |typ: &str| provider.types.as_ref().is_none_or(|types| types.0.iter().any(|t| same_type(t, typ)));
        if !jws.typ.as_deref().map_or(provider.types.is_none(), is_type) {
            return Err(Reason::TOKEN_TYPE.into());
        }
        // A token that does not hold anyway costs neither a check of its signature nor a fetch.
        let keys = self.still_holds(&jws.claims, request, report)?;
        self.verify(jws, verifier, &keys, report)
    }

    /// Whether a token holds for this request but for its signature: its times, whose connection it is, and whether there
    /// are keys at all, which are returned.
    pub(super) fn still_holds(
        &self,
        claims: &Map<String, Value>,
        request: &Request<'_>,
        report: &mut TokenReport,
    ) -> Result<Rc<KeySet>, Refusal> {
        let provider = &self.provider;
        let terms = Terms {
            issuer: &provider.issuer,
            audiences: provider.audiences.as_ref().map_or(&[], |audiences| &audiences.0),
            skew: provider.clock_skew.as_secs(),
            require_expiration: provider.require_expiration,
            max_lifetime: provider.max_lifetime.map(crate::vocabulary::Duration::as_secs),
        };
        claims::check(claims, &terms, request.now)?;
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
    ) -> Result<(), Refusal> {
        let mut reason = Reason::TOKEN_KEY;
        for key in keys.candidates(jws.algorithm, jws.kid.as_deref()).take(MAX_TRIED) {
            report.signature_checks += 1;
            if verifier.verify(jws.algorithm, key, jws.message, &jws.signature) {
                return Ok(());
            }
            reason = Reason::TOKEN_SIGNATURE;
        }
        let unknown = jws.kid.as_ref().is_some_and(|kid| !keys.has_kid(kid));
        if unknown && matches!(self.keys, Keys::Fetched(_)) {
            report
                .keys_wanted
                .push(KeysWanted { provider_index: self.provider_index, missing: MissingKeys::Kid });
        }
        Err(reason.into())
    }
}

/// Whether both are one media type, of which `application/` may be left out (RFC 7515, section 4.1.9).
fn same_type(one: &str, other: &str) -> bool {
    let short = |text: &str| {
        let text = text.to_ascii_lowercase();
        text.strip_prefix("application/").map(str::to_owned).unwrap_or(text)
    };
    short(one) == short(other)
}
