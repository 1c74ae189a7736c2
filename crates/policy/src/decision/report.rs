//! What a stage has to say besides its decision.

use super::{Answer, Filter, Step, Trace, Tried};
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
    /// Who asks for the steps.
    pub trace: T,
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
    pub(crate) fn tried(&mut self, filter: Filter, rule: &RuleName, reading: Option<&str>, tried: Tried) {
        self.trace.step(|| Step::Rule {
            filter,
            rule: rule.as_str().to_owned(),
            reading: reading.map(str::to_owned),
            tried,
        });
    }
}
