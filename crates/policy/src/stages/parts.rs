//! What rules look at besides headers: read once, and only where a rule asks for it.

use crate::decision::Reason;
use crate::http::{Authority, Host, Normalize, PathLimits, Request, RequestPath};
use crate::vocabulary::{MatchInput, RequestMatch};

/// What the rules of a filter ask for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    host: bool,
    path: bool,
}

impl Asked {
    /// What these matches ask for.
    pub(super) fn by<'m>(matches: impl Iterator<Item = &'m RequestMatch> + Clone) -> Self {
        Self {
            host: matches.clone().any(RequestMatch::uses_host),
            path: matches.clone().any(RequestMatch::uses_path),
        }
    }

    /// Reads it.
    ///
    /// # Errors
    /// The reason, where it cannot be read.
    pub(super) fn read<'a>(self, request: &Request<'a>) -> Result<Parts<'a>, Reason> {
        let authority = self.host.then(|| request.authority()).transpose();
        let path = self.path.then(|| request.path(&Normalize::default(), &PathLimits::default())).transpose();
        Ok(Parts { authority: authority?, path: path?.flatten() })
    }
}

/// What the rules look at besides the headers.
#[derive(Debug, Default)]
pub(super) struct Parts<'a> {
    pub(super) authority: Option<Authority>,
    pub(super) path: Option<RequestPath<'a>>,
}

impl Parts<'_> {
    /// The host, where a rule asks for it.
    pub(super) fn host(&self) -> Option<&Host> {
        self.authority.as_ref().map(|authority| &authority.host)
    }

    /// The request for a match.
    pub(super) fn subject<'s>(&'s self, request: &'s Request<'_>) -> MatchInput<'s> {
        MatchInput {
            host: self.host(),
            method: request.method(),
            query: self.path.as_ref().and_then(RequestPath::query),
            headers: &request.headers,
        }
    }

    /// Every reading of the path, the canonical one first; one that is none where no rule asks for the path.
    pub(super) fn readings(&self) -> impl Iterator<Item = Option<&str>> {
        let none = self.path.is_none().then_some(None);
        none.into_iter().chain(self.path.iter().flat_map(RequestPath::readings).map(Some))
    }
}
