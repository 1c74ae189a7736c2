//! What a stage has to say besides its decision.

use super::{Answer, Filter, RuleResult, Step, Trace};
use crate::vocabulary::{Mode, RuleName};

/// What the stages have to say besides their decision.
#[derive(Debug, Default)]
pub struct Report<T> {
    /// The denials and redirects that shadow mode withheld.
    pub shadowed: Vec<Answer>,
    /// The rules in shadow that matched, each once.
    pub matched_in_shadow: Vec<(Filter, RuleName)>,
    /// The filters that saw the request, as in [`Filter::ALL`].
    pub entered: [bool; 4],
    /// What became of tokens.
    pub tokens: TokenReport,
    /// Who asks for the steps.
    pub trace: T,
}

/// What became of the tokens of a request.
#[derive(Debug, Default)]
pub struct TokenReport {
    /// How many signatures were checked.
    pub signature_checks: u64,
    /// How many tokens were known from before.
    pub cache_hits: u64,
    /// The sets of keys that another fetch could help.
    pub keys_wanted: Vec<KeysWanted>,
    /// Whether the request was denied, and might not be with them.
    pub awaits_keys: bool,
}

/// A set of keys that another fetch could help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeysWanted {
    /// Its place in the stage.
    pub provider_index: usize,
    /// What is wrong with it.
    pub missing: MissingKeys,
}

/// What a set of keys lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingKeys {
    /// There are no keys that serve.
    Keys,
    /// The `kid` of a token is not in it.
    Kid,
}

impl<T: Trace> Report<T> {
    /// Notes that a filter sees the request.
    pub(crate) fn enter(&mut self, filter: Filter) {
        if let Some(entered) = self.entered.get_mut(filter as usize) {
            *entered = true;
        }
    }

    /// Ends the request with this answer, unless it is in shadow.
    pub(crate) fn end(&mut self, answer: Answer) -> Result<(), Box<Answer>> {
        if answer.mode == Mode::Enforce {
            return Err(Box::new(answer));
        }
        let who = |answer: &Answer| (answer.filter, answer.rule.clone(), answer.reason);
        let known = |other: &Answer| who(other) == who(&answer);
        if !self.shadowed.iter().any(known) {
            self.shadowed.push(answer);
        }
        Ok(())
    }

    /// Notes that a rule in shadow matched.
    pub(crate) fn shadow_match(&mut self, filter: Filter, rule: &RuleName) {
        if !self.matched_in_shadow.iter().any(|(f, r)| *f == filter && r == rule) {
            self.matched_in_shadow.push((filter, rule.clone()));
        }
    }

    /// Notes what came of trying a rule.
    pub(crate) fn record_rule(
        &mut self,
        filter: Filter,
        rule: &RuleName,
        reading: Option<&str>,
        tried: RuleResult,
    ) {
        self.trace.step(|| Step::Rule {
            filter,
            rule: rule.as_str().to_owned(),
            reading: reading.map(str::to_owned),
            tried,
        });
    }
}
