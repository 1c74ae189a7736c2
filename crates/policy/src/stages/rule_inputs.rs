//! The parts of a request that rules match besides its headers.

use crate::decision::Reason;
use crate::http::{Authority, Host, Normalize, PathLimits, Query, Request, RequestPath};
use crate::vocabulary::{MatchInput, PathReading, RequestMatch, Sense, Spellings};

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
        Ok(RuleInputs::new(authority, path.transpose()?.flatten()))
    }
}

/// The parts of a request that rules match besides its headers.
#[derive(Debug, Default)]
pub(super) struct RuleInputs<'a> {
    pub(super) authority: Option<Authority>,
    pub(super) path: Option<RequestPath<'a>>,
    query: Query<'a>,
    /// The spellings of the canonical path, and those of each other reading.
    spellings: (Spellings, Vec<Spellings>),
}

impl<'a> RuleInputs<'a> {
    pub(super) fn new(authority: Option<Authority>, path: Option<RequestPath<'a>>) -> Self {
        let hidden = path.as_ref().and_then(RequestPath::hidden_query);
        let query = Query::new(path.as_ref().and_then(RequestPath::query), hidden);
        let others = path.iter().flat_map(RequestPath::readings).skip(1).map(|_| Spellings::default());
        let spellings = (Spellings::default(), others.collect());
        Self { authority, path, query, spellings }
    }

    /// Returns the host, if a rule matches it.
    pub(super) fn host(&self) -> Option<&Host> {
        self.authority.as_ref().map(|authority| &authority.host)
    }

    pub(super) fn match_input<'s>(&'s self, request: &'s Request<'_>, sense: Sense) -> MatchInput<'s> {
        MatchInput { host: self.host(), query: &self.query, request, sense }
    }

    /// Returns every reading of the path, the canonical path first; a single `None` if no rule matches the path.
    pub(super) fn readings(&self) -> impl Iterator<Item = Option<PathReading<'_>>> {
        let none = self.path.is_none().then_some(None);
        let ignores_last_slash = self.path.as_ref().is_some_and(RequestPath::ignores_last_slash);
        let (first, others) = &self.spellings;
        let spellings = std::iter::once(first).chain(others);
        let readings = self.path.iter().flat_map(RequestPath::readings).zip(spellings);
        none.into_iter().chain(
            readings
                .map(move |(text, spellings)| Some(PathReading::new(text, ignores_last_slash, spellings))),
        )
    }
}
