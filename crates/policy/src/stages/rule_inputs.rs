//! The parts of a request that rules match besides its headers.

use super::cost::Cost;
use super::index::RuleIndex;
use crate::decision::Reason;
use crate::http::{Authority, Host, Normalize, PathLimits, Query, Request, RequestPath};
use crate::vocabulary::{MatchInput, PathReading, RequestMatch, Sense, Spellings};
use automata::{ExpressionSet, Places};
use std::rc::Rc;

/// Which parts of a request the rules of a filter match. Parts that no rule matches are not parsed.
#[derive(Debug)]
pub(super) struct InputUse {
    host: bool,
    pub(super) path: bool,
    /// The expressions for paths.
    expressions: Rc<ExpressionSet>,
    pub(super) cost: Cost,
}

impl InputUse {
    /// Returns the parts that these matches use.
    pub(super) fn of(matches: &[&RequestMatch], expressions: ExpressionSet, cost: Cost) -> Self {
        Self {
            host: matches.iter().any(|matcher| matcher.uses_host()),
            path: matches.iter().any(|matcher| matcher.uses_path()),
            expressions: Rc::new(expressions),
            cost,
        }
    }

    /// Returns the path, if a rule matches it.
    ///
    /// # Errors
    /// Returns the reason if the path is malformed.
    pub(super) fn path<'a>(&self, request: &Request<'a>) -> Result<Option<RequestPath<'a>>, Reason> {
        let path = self.path.then(|| request.path(&Normalize::default(), &PathLimits::default()));
        Ok(path.transpose()?.flatten())
    }

    /// Parses the other parts of a request with this path, and finds the rules that may match it; with `all`, every rule.
    ///
    /// # Errors
    /// Returns the reason if the host is malformed, or matching the rules would cost too much.
    pub(super) fn find<'a>(
        &self,
        index: &RuleIndex,
        request: &Request<'a>,
        path: Option<RequestPath<'a>>,
        all: bool,
    ) -> Result<RuleInputs<'a>, Reason> {
        let authority = self.host.then(|| request.authority()).transpose()?;
        let hidden = path.as_ref().map(RequestPath::hidden_query).unwrap_or_default();
        let query = Query::new(path.as_ref().and_then(RequestPath::query), hidden);
        self.cost.spend(request, path.as_ref(), &query, &self.expressions)?;
        let others = path.iter().flat_map(RequestPath::readings).skip(1).map(|_| Spellings::default());
        let spellings = (Spellings::default(), others.collect());
        let expressions = Rc::clone(&self.expressions);
        let mut inputs =
            RuleInputs { authority, path, query, spellings, expressions, rules: Places::default() };
        let found = index.find(inputs.host(), inputs.readings(), &request.budget)?;
        self.cost.spend_rules(&found, inputs.path.as_ref(), &inputs.query, request)?;
        inputs.rules = if all { index.all() } else { found };
        Ok(inputs)
    }
}

/// The parts of a request that rules match besides its headers.
#[derive(Debug, Default)]
pub(super) struct RuleInputs<'a> {
    /// The authority, if a rule matches the host.
    pub(super) authority: Option<Authority>,
    pub(super) path: Option<RequestPath<'a>>,
    pub(super) query: Query<'a>,
    /// The spellings of the canonical path, and those of each other reading.
    spellings: (Spellings, Vec<Spellings>),
    expressions: Rc<ExpressionSet>,
    /// The indexes of the rules that may match.
    pub(super) rules: Places,
}

impl RuleInputs<'_> {
    /// Returns the inputs of rules that match every request.
    pub(super) fn of_rules(rules: Places) -> Self {
        Self { rules, ..Self::default() }
    }

    /// Returns the host, if a rule matches it.
    pub(super) fn host(&self) -> Option<&Host> {
        self.authority.as_ref().map(|authority| &authority.host)
    }

    pub(super) fn match_input<'s>(&'s self, request: &'s Request<'_>, sense: Sense) -> MatchInput<'s> {
        MatchInput {
            host: self.host(),
            query: &self.query,
            method: request.method(),
            headers: &request.headers,
            sense,
        }
    }

    /// Returns every reading of the path, the canonical path first; a single `None` if no rule matches the path.
    pub(super) fn readings(&self) -> impl Iterator<Item = Option<PathReading<'_>>> {
        let none = self.path.is_none().then_some(None);
        let ignores_end = self.path.as_ref().is_some_and(RequestPath::ignores_end);
        let (first, others) = &self.spellings;
        let spellings = std::iter::once(first).chain(others);
        let readings = self.path.iter().flat_map(RequestPath::readings).zip(spellings);
        none.into_iter().chain(readings.map(move |(text, spellings)| {
            Some(PathReading::new(text, ignores_end, spellings, &self.expressions))
        }))
    }
}
