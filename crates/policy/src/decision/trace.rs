//! Optional decision trace; free when disabled.

use super::Filter;
use crate::vocabulary::{Field, Mode};

/// Records the steps of a decision.
pub trait Trace {
    /// Whether steps are recorded.
    const ENABLED: bool;

    /// Records one step. `step` is called only if steps are recorded.
    fn step(&mut self, step: impl FnOnce() -> Step);
}

/// A trace that records nothing.
#[derive(Debug, Default)]
pub struct NoTrace;

impl Trace for NoTrace {
    const ENABLED: bool = false;

    #[inline]
    fn step(&mut self, _: impl FnOnce() -> Step) {}
}

impl Trace for Vec<Step> {
    const ENABLED: bool = true;

    fn step(&mut self, step: impl FnOnce() -> Step) {
        self.push(step());
    }
}

/// One step of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The readings of the path, the canonical path first.
    Path(Vec<String>),
    /// A rule was tried.
    Rule {
        /// The filter of the rule.
        filter: Filter,
        /// The name of the rule.
        rule: String,
        /// The reading of the path, if any.
        reading: Option<String>,
        /// The result.
        tried: RuleResult,
    },
    /// A redirect or rewrite makes an ambiguous path.
    Ambiguous(Ambiguity),
}

/// Why the new path of a redirect or rewrite is ambiguous.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ambiguity {
    /// The new path; `None` if the reading is one of the path before.
    pub new: Option<String>,
    /// A reading of the new path that the rule does not make, or of the path before, that the rule does not decide.
    pub reading: String,
}

/// The result of trying a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleResult {
    /// The rule matched.
    Matched,
    /// The rule matched and was skipped because it is in shadow.
    Shadowed,
    /// This field did not match.
    Missed(Field),
    /// The rule is off.
    Off,
}

impl RuleResult {
    /// Returns the result of a rule with the mode `own`; `first_mismatch` returns a field that does not match.
    pub(crate) fn of(own: Option<Mode>, first_mismatch: impl FnOnce() -> Option<Field>) -> Self {
        if own == Some(Mode::Off) {
            return Self::Off;
        }
        match first_mismatch() {
            Some(field) => Self::Missed(field),
            None if own == Some(Mode::Shadow) => Self::Shadowed,
            None => Self::Matched,
        }
    }
}
