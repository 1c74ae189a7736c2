//! The tokens of a request that were denied, so that no rule verifies one again: a token that is valid is in the cache.

use super::challenge::TokenDenial;
use crate::decision::{KeysWanted, TokenReport};
use std::cell::RefCell;

/// The tokens of a request that were denied.
#[derive(Default)]
pub(super) struct DeniedTokens(RefCell<Vec<DeniedToken>>);

struct DeniedToken {
    token: Vec<u8>,
    /// For each provider, whether its sources contain the token.
    has_it: Vec<bool>,
    denial: TokenDenial,
    keys_wanted: Vec<KeysWanted>,
}

impl DeniedTokens {
    /// Returns the denial of a token that these providers have, and reports it again.
    pub(super) fn find(
        &self,
        token: &[u8],
        has_it: &[bool],
        report: &mut TokenReport,
    ) -> Option<TokenDenial> {
        let all = self.0.borrow();
        let found = all.iter().find(|denied| denied.has_it == has_it && denied.token == token)?;
        report.keys_wanted.extend_from_slice(&found.keys_wanted);
        Some(found.denial)
    }

    /// Adds a denial, after `before` key sets that were wanted.
    pub(super) fn add(
        &self,
        token: Vec<u8>,
        has_it: Vec<bool>,
        denial: TokenDenial,
        before: usize,
        report: &TokenReport,
    ) {
        let keys_wanted = report.keys_wanted.get(before..).unwrap_or_default().to_vec();
        self.0.borrow_mut().push(DeniedToken { token, has_it, denial, keys_wanted });
    }
}
