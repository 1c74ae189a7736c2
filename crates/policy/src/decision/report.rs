//! Diagnostics of a decision.

use super::{Answer, Filter, PerFilter, RuleResult, Step, Trace};
use crate::vocabulary::{Mode, RuleName};

/// The most denials, and the most matches, in shadow that are recorded for a request and a filter: each costs a log line and
/// counters.
pub const MAX_SHADOWED: usize = 64;

/// Diagnostics of a decision.
#[derive(Debug, Default)]
pub struct Report<T> {
    /// The denials and redirects that shadow mode did not enforce, each once; the first [`MAX_SHADOWED`].
    pub shadowed: Vec<Answer>,
    /// The rules in shadow that matched, each once; the first [`MAX_SHADOWED`].
    pub matched_in_shadow: Vec<(Filter, RuleName)>,
    /// Whether each filter saw the request.
    pub entered: PerFilter<bool>,
    /// The number of denials, and of matches, in shadow of each filter.
    recorded: PerFilter<[usize; 2]>,
    /// Diagnostics of tokens.
    pub tokens: TokenReport,
    /// The steps of the decision, if enabled.
    pub trace: T,
}

/// Diagnostics of the tokens of a request.
#[derive(Debug, Default)]
pub struct TokenReport {
    /// The number of signature checks.
    pub signature_checks: u64,
    /// The number of tokens found in the cache.
    pub cache_hits: u64,
    /// The key sets that a fetch may complete.
    pub keys_wanted: Vec<KeysWanted>,
    /// Whether the request was denied and may be allowed with these key sets.
    pub awaits_keys: bool,
}

/// A key set that a fetch may complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeysWanted {
    /// The index of the provider.
    pub provider_index: usize,
    /// The keys that are missing.
    pub missing: MissingKeys,
}

/// The keys that a key set lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingKeys {
    /// There is no key set, or it is stale.
    Keys,
    /// The key set does not contain the `kid` of a token.
    Kid,
}

impl<T: Trace> Report<T> {
    /// Records that a filter saw the request.
    pub(crate) fn enter(&mut self, filter: Filter) {
        *self.entered.get_mut(filter) = true;
    }

    /// Ends the request with this answer, or records it if it is in shadow.
    pub(crate) fn end(&mut self, answer: Answer) -> Result<(), Box<Answer>> {
        if answer.mode == Mode::Enforce {
            return Err(Box::new(answer));
        }
        let is_known = |other: &Answer| {
            (other.filter, &other.rule, other.reason) == (answer.filter, &answer.rule, answer.reason)
        };
        let [denials, _] = self.recorded.get_mut(answer.filter);
        if *denials < MAX_SHADOWED && !self.shadowed.iter().any(is_known) {
            *denials += 1;
            self.shadowed.push(answer);
        }
        Ok(())
    }

    /// Records the result of trying a rule, and the match of a rule in shadow once.
    pub(crate) fn record_rule(
        &mut self,
        filter: Filter,
        rule: &RuleName,
        reading: Option<&str>,
        tried: RuleResult,
    ) {
        let is_known = |(f, r): &(Filter, RuleName)| *f == filter && r == rule;
        let [_, matches] = self.recorded.get_mut(filter);
        let is_shadowed = tried == RuleResult::Shadowed && *matches < MAX_SHADOWED;
        if is_shadowed && !self.matched_in_shadow.iter().any(is_known) {
            *matches += 1;
            self.matched_in_shadow.push((filter, rule.clone()));
        }
        self.trace.step(|| Step::Rule {
            filter,
            rule: rule.as_str().to_owned(),
            reading: reading.map(str::to_owned),
            tried,
        });
    }
}
