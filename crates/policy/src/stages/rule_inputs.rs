//! The parts of a request that rules match besides its headers.

use crate::decision::Reason;
use crate::http::{Authority, Host, Normalize, PathLimits, Request, RequestPath};
use crate::vocabulary::{MatchInput, RequestMatch};

/// Which parts of a request the rules of a filter match. Parts that no rule matches are not parsed.
#[derive(Debug, Clone, Copy)]
pub(super) struct InputUse {
    pub(super) host: bool,
    path: bool,
}

impl InputUse {
    /// Returns the parts that these matches use.
    pub(super) fn of<'m>(matches: impl Iterator<Item = &'m RequestMatch> + Clone) -> Self {
        Self {
            host: matches.clone().any(RequestMatch::uses_host),
            path: matches.clone().any(RequestMatch::uses_path),
        }
    }

    /// Parses the parts of a request.
    ///
    /// # Errors
    /// Returns the reason if the host or the path is malformed.
    pub(super) fn read<'a>(self, request: &Request<'a>) -> Result<RuleInputs<'a>, Reason> {
        let authority = self.host.then(|| request.authority()).transpose()?;
        let path = self.path.then(|| request.path(&Normalize::default(), &PathLimits::default()));
        Ok(RuleInputs { authority, path: path.transpose()?.flatten() })
    }
}

/// The parts of a request that rules match besides its headers.
#[derive(Debug, Default)]
pub(super) struct RuleInputs<'a> {
    pub(super) authority: Option<Authority>,
    pub(super) path: Option<RequestPath<'a>>,
}

impl RuleInputs<'_> {
    /// Returns the host, if a rule matches it.
    pub(super) fn host(&self) -> Option<&Host> {
        self.authority.as_ref().map(|authority| &authority.host)
    }

    pub(super) fn match_input<'s>(&'s self, request: &'s Request<'_>) -> MatchInput<'s> {
        MatchInput { host: self.host(), query: self.path.as_ref().and_then(RequestPath::query), request }
    }

    /// Returns every reading of the path, the canonical path first; a single `None` if no rule matches the path.
    pub(super) fn readings(&self) -> impl Iterator<Item = Option<&str>> {
        let none = self.path.is_none().then_some(None);
        none.into_iter().chain(self.path.iter().flat_map(RequestPath::readings).map(Some))
    }
}
