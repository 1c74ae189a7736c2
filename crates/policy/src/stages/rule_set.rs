//! The rules of a filter.

use super::enforcement::RuleHead;
use super::index::RuleIndex;
use super::rule_inputs::{InputUse, RuleInputs};
use crate::decision::{Answer, Filter, Report, RuleResult, Trace};
use crate::http::{Needs, Request};
use crate::vocabulary::{Mode, RequestMatch, Rules};

/// A rule with a match on requests.
pub(super) trait Rule {
    const FILTER: Filter;

    /// Returns the name, the mode and the deny response.
    fn head(&self) -> RuleHead<'_>;

    fn matches(&self) -> &RequestMatch;
}

/// The rules of a filter, in order, with an index to find those that may match a request.
#[derive(Debug)]
pub(super) struct RuleSet<R> {
    rules: Vec<R>,
    index: RuleIndex,
    /// The parts of a request that the rules match.
    pub(super) inputs: InputUse,
}

/// The first rule that matches a reading of the path, if any.
pub(super) type FirstMatch<'i, 's, R> = (Option<&'i str>, Option<&'s R>);

impl<R: Rule> RuleSet<R> {
    pub(super) fn new(Rules(rules): Rules<R>) -> Self {
        let matches = rules.iter().map(R::matches);
        Self { index: RuleIndex::new(matches.clone()), inputs: InputUse::of(matches), rules }
    }

    pub(super) fn modes(&self) -> impl Iterator<Item = Option<Mode>> {
        self.rules.iter().map(|rule| rule.head().mode)
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

    /// Returns the rules that may match a request, in order, with their indexes.
    pub(super) fn candidates<T: Trace>(
        &self,
        inputs: &RuleInputs<'_>,
    ) -> impl Iterator<Item = (usize, &R)> + use<'_, T, R> {
        let candidates = self.index.candidates::<T>(inputs.host(), inputs.readings());
        candidates.into_iter().filter_map(|index| Some((index, self.rules.get(index)?)))
    }

    /// Finds, for each reading of the path, the first rule that matches it.
    ///
    /// A rule in shadow is recorded and skipped; `on_shadow` is called once for it, with the first reading that it
    /// matches.
    pub(super) fn first_matches<'i, 's, T: Trace>(
        &'s self,
        request: &Request<'_>,
        inputs: &'i RuleInputs<'_>,
        report: &mut Report<T>,
        on_shadow: impl Fn(&R, Option<&str>, &mut Report<T>) -> Result<(), Box<Answer>>,
    ) -> Result<Vec<FirstMatch<'i, 's, R>>, Box<Answer>> {
        let mut first: Vec<FirstMatch<'i, 's, R>> = inputs.readings().map(|path| (path, None)).collect();
        for (_, rule) in self.candidates::<T>(inputs) {
            let mut attempt = rule.matches().attempt(inputs.match_input(request));
            let (RuleHead { name, mode, .. }, mut is_new) = (rule.head(), true);
            for (reading, decider) in first.iter_mut().filter(|(_, decider)| decider.is_none()) {
                let result = RuleResult::of(mode, || attempt.first_mismatch(*reading));
                report.record_rule(R::FILTER, name, *reading, result);
                match result {
                    RuleResult::Matched => *decider = Some(rule),
                    RuleResult::Shadowed if is_new => {
                        is_new = false;
                        on_shadow(rule, *reading, report)?;
                    }
                    RuleResult::Shadowed | RuleResult::Missed(_) | RuleResult::Off => {}
                }
            }
            if first.iter().all(|(_, decider)| decider.is_some()) {
                break;
            }
        }
        Ok(first)
    }
}
