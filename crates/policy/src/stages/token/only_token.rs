//! The only token of a request.

use crate::decision::Reason;

/// The only token of a request.
#[derive(Debug, Default)]
pub(super) struct OnlyToken {
    /// The token, and for each provider, whether its sources contain it.
    pub(super) found: Option<(Vec<u8>, Vec<bool>)>,
    /// Whether some servers may find a token, or another one, where the policy finds none.
    pub(super) has_unclear: bool,
}

impl OnlyToken {
    /// Adds a token in a source of these providers, if any of them is accepted.
    ///
    /// # Errors
    /// Returns an error if it is another token, or one of them has it twice.
    pub(super) fn add(
        &mut self,
        token: &[u8],
        providers: &[usize],
        is_accepted: &[bool],
    ) -> Result<(), Reason> {
        let is_same = self.found.as_ref().is_none_or(|(only, _)| only == token);
        for index in providers.iter().filter(|index| is_accepted.get(**index) == Some(&true)) {
            let new = || (token.to_vec(), vec![false; is_accepted.len()]);
            let (_, has_it) = self.found.get_or_insert_with(new);
            match has_it.get_mut(*index) {
                Some(has_it) if !*has_it && is_same => *has_it = true,
                _ => return Err(Reason::TOKEN_REPEATED),
            }
        }
        Ok(())
    }
}

/// Returns true if any of these providers is accepted.
pub(super) fn any(providers: &[usize], is_accepted: &[bool]) -> bool {
    providers.iter().any(|index| is_accepted.get(*index) == Some(&true))
}
