//! The rules of a filter.

use super::cost::Cost;
use super::enforcement::{Enforcement, RuleHead};
use super::index::RuleIndex;
use super::rule_inputs::{InputUse, RuleInputs};
use crate::decision::{Answer, Filter, NoTrace, Reason, Report, RuleResult, Trace};
use crate::http::{Needs, Request, RequestPath, is_spelling};
use crate::vocabulary::{HeaderMatch, Mode, PathReading, RequestMatch, Rules, Sense};
use automata::{ExpressionSet, Places};

/// A rule with a match on requests.
pub(super) trait Rule {
    const FILTER: Filter;
    /// Whether a rule that matches only another spelling of a request applies besides the rule that matches the request as it
    /// is. Otherwise it decides.
    const SPELLINGS_ADD: bool = false;

    /// Returns the name, the mode and the deny response.
    fn head(&self) -> RuleHead<'_>;

    fn matches(&self) -> &RequestMatch;

    fn matches_mut(&mut self) -> &mut RequestMatch;

    /// Returns the matches on headers besides those of [`Rule::matches`].
    fn further_headers(&self) -> impl Iterator<Item = &HeaderMatch> {
        std::iter::empty()
    }

    /// Returns the number of names that the rule looks up in the headers of a request, besides those of its matches.
    fn further_names(&self) -> usize {
        0
    }

    /// Returns the sense of the match.
    fn sense(&self) -> Sense;
}

/// The rules of a filter, in order, with an index to find those that may match a request.
#[derive(Debug)]
pub(super) struct RuleSet<R> {
    rules: Vec<R>,
    index: RuleIndex,
    inputs: InputUse,
}

/// The first rule that matches a reading of the path, if any.
pub(super) type FirstMatch<'i, 's, R> = (Option<&'i str>, Option<&'s R>);

impl<R: Rule> RuleSet<R> {
    pub(super) fn new(Rules(mut rules): Rules<R>) -> Self {
        let expressions = rules.iter_mut().flat_map(|rule| rule.matches_mut().path_expressions_mut());
        let expressions =
            ExpressionSet::new(expressions.zip(0..).map(|(pattern, place)| pattern.placed(place)));
        let matches: Vec<&RequestMatch> = rules.iter().map(R::matches).collect();
        let headers: Vec<&HeaderMatch> = rules.iter().flat_map(R::further_headers).collect();
        let names: Vec<usize> =
            rules.iter().map(|rule| rule.further_headers().count() + rule.further_names()).collect();
        let inputs = InputUse::of(&matches, expressions, Cost::of(&matches, &headers, &names));
        Self { index: RuleIndex::new(&matches), inputs, rules }
    }

    /// Returns the rules; if `reads_path`, the path of a request is also parsed if no rule matches it.
    pub(super) fn reading_path(mut self, reads_path: bool) -> Self {
        self.inputs.path |= reads_path;
        self
    }

    pub(super) fn modes(&self) -> impl Iterator<Item = Option<Mode>> {
        self.rules.iter().map(|rule| rule.head().mode)
    }

    /// Returns true if a rule that is enforced matches a header that a server may read as `name`.
    pub(super) fn use_header(&self, name: &[u8], enforcement: &Enforcement) -> bool {
        let is_name = |header: &HeaderMatch| is_spelling(name, header.name.as_str());
        let mut enforced = self.rules.iter().filter(|rule| enforcement.is_enforced(rule.head()));
        // Most names are those of no rule.
        self.inputs.cost.uses_header(name)
            && enforced.any(|rule| rule.matches().header_matches().chain(rule.further_headers()).any(is_name))
    }

    /// Returns what the matches need of the connection.
    pub(super) fn needs(&self) -> Needs {
        self.rules.iter().fold(Needs::default(), |needs, rule| needs.or(rule.matches().needs()))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &R> {
        self.rules.iter()
    }

    pub(super) fn get(&self, index: usize) -> Option<&R> {
        self.rules.get(index)
    }

    /// Parses the parts of a request that the rules match, and finds the rules that may match it. A trace explains why the
    /// others do not match: for one, all rules are found.
    ///
    /// # Errors
    /// Returns the reason if the host or the path is malformed, or matching the rules would cost too much.
    pub(super) fn read<'a, T: Trace>(&self, request: &Request<'a>) -> Result<RuleInputs<'a>, Reason> {
        self.with_path::<T>(request, self.inputs.path(request)?)
    }

    /// Does the same for this path.
    ///
    /// # Errors
    /// Returns the reason if the host is malformed, or matching the rules would cost too much.
    pub(super) fn with_path<'a, T: Trace>(
        &self,
        request: &Request<'a>,
        path: Option<RequestPath<'a>>,
    ) -> Result<RuleInputs<'a>, Reason> {
        self.inputs.find(&self.index, request, path, T::ENABLED)
    }

    /// Does the same for a request that is denied. If its path is malformed, it has none. If that is not enough, only the rules
    /// that match every request are found.
    pub(super) fn read_denied<'a>(&self, request: &Request<'a>) -> RuleInputs<'a> {
        let inputs = self.read::<NoTrace>(request).or_else(|_| self.with_path::<NoTrace>(request, None));
        inputs.unwrap_or_else(|_| {
            let mut found = Places::below(self.rules.len());
            let rules = (0..).zip(&self.rules).filter(|(_, rule)| rule.matches().is_empty());
            rules.for_each(|(index, _)| found.insert(index));
            RuleInputs::of_rules(found)
        })
    }

    /// Returns the rules that may match a request, in order, with their indexes.
    pub(super) fn candidates(&self, inputs: &RuleInputs<'_>) -> impl Iterator<Item = (usize, &R)> {
        inputs.rules.iter().filter_map(|index| Some((index, self.rules.get(index)?)))
    }

    /// Finds, for each reading of the path, the first rule that matches it.
    ///
    /// A rule in shadow is recorded and skipped; `on_shadow` is called once for it, with the first reading that it
    /// matches. With [`Rule::SPELLINGS_ADD`], rules that match only another spelling follow at the end.
    pub(super) fn first_matches<'i, 's, T: Trace>(
        &'s self,
        request: &Request<'_>,
        inputs: &'i RuleInputs<'_>,
        report: &mut Report<T>,
        on_shadow: impl Fn(&'s R, Option<&str>, &mut Report<T>) -> Result<(), Box<Answer>>,
    ) -> Result<Vec<FirstMatch<'i, 's, R>>, Box<Answer>> {
        let mut first: Vec<Decider<'i, 's, R>> = inputs.readings().map(|path| (path, None)).collect();
        let mut added = Vec::new();
        for (_, rule) in self.candidates(inputs) {
            let matches_in = |sense| rule.matches().attempt(inputs.match_input(request, sense));
            let mut attempt = matches_in(rule.sense());
            let adds = R::SPELLINGS_ADD && rule.sense() == Sense::Restrict;
            let (RuleHead { name, mode, .. }, mut is_new) = (rule.head(), true);
            for (reading, decider) in first.iter_mut().filter(|(_, decider)| decider.is_none()) {
                let result = RuleResult::of(mode, || attempt.first_mismatch(*reading));
                report.record_rule(R::FILTER, name, text(*reading), result);
                match result {
                    RuleResult::Matched
                        if adds && matches_in(Sense::Grant).first_mismatch(*reading).is_some() =>
                    {
                        added.push((*reading, Some(rule)));
                    }
                    RuleResult::Matched => *decider = Some(rule),
                    RuleResult::Shadowed if is_new => {
                        is_new = false;
                        on_shadow(rule, text(*reading), report)?;
                    }
                    RuleResult::Shadowed | RuleResult::Missed(_) | RuleResult::Off => {}
                }
            }
            if first.iter().all(|(_, decider)| decider.is_some()) {
                break;
            }
        }
        first.append(&mut added);
        Ok(first.into_iter().map(|(reading, decider)| (text(reading), decider)).collect())
    }
}

/// A reading of the path, and the first rule that matches it.
type Decider<'i, 's, R> = (Option<PathReading<'i>>, Option<&'s R>);

fn text(reading: Option<PathReading<'_>>) -> Option<&str> {
    reading.map(|reading| reading.text)
}
