//! The tokens of a request, each searched and verified once for all rules with the same providers.

use super::cache::VerifiedToken;
use super::challenge::TokenDenial;
use super::key_ring::KeyRing;
use super::only_token::OnlyToken;
use crate::decision::{KeysWanted, TokenReport};
use crate::http::{Query, Request};
use std::cell::RefCell;
use std::rc::Rc;

/// The tokens that were looked for.
#[derive(Default)]
pub(super) struct Checks<'s>(RefCell<Vec<Check<'s>>>);

/// The token of some providers.
#[derive(Clone)]
struct Check<'s> {
    names: &'s [String],
    outcome: Result<Found, TokenDenial>,
    keys_wanted: Vec<KeysWanted>,
}

/// What is found in the sources of some providers.
#[derive(Clone)]
pub(super) enum Found {
    Nothing,
    /// Some servers may find a token.
    Unclear,
    /// There is a token, and some servers may find another one.
    TokenAndUnclear,
    Token(Rc<VerifiedToken>),
}

impl<'s> Checks<'s> {
    /// Returns the token of the providers with these names, verified.
    ///
    /// # Errors
    /// Returns the reason if there are several tokens, the search costs too much, or the token is invalid.
    pub(super) fn token(
        &self,
        keys: &KeyRing,
        names: &'s [String],
        request: &Request<'_>,
        query: &Query<'_>,
        report: &mut TokenReport,
    ) -> Result<Found, TokenDenial> {
        let known = self.0.borrow().iter().find(|check| check.names == names).cloned();
        if let Some(Check { outcome, keys_wanted, .. }) = known {
            report.keys_wanted.extend(keys_wanted);
            return outcome;
        }
        let before = report.keys_wanted.len();
        let outcome = check(keys, names, request, query, report);
        if outcome.is_ok() {
            // The token is verified: missing keys of another provider do not matter.
            report.keys_wanted.truncate(before);
        }
        let keys_wanted = report.keys_wanted.get(before..).unwrap_or_default().to_vec();
        self.0.borrow_mut().push(Check { names, outcome: outcome.clone(), keys_wanted });
        outcome
    }
}

fn check(
    keys: &KeyRing,
    names: &[String],
    request: &Request<'_>,
    query: &Query<'_>,
    report: &mut TokenReport,
) -> Result<Found, TokenDenial> {
    let OnlyToken { found, has_unclear } = keys.only_token(names, request, query)?;
    match found {
        None if has_unclear => Ok(Found::Unclear),
        None => Ok(Found::Nothing),
        Some(_) if has_unclear => Ok(Found::TokenAndUnclear),
        Some((token, has_it)) => keys.verify(&has_it, &token, request, report).map(Found::Token),
    }
}
