//! What happened on the way to a decision, for whoever asks; it costs nothing where nobody does.

use super::Filter;
use crate::vocabulary::{Field, Mode};

/// Takes the steps.
pub trait Trace {
    /// Whether anybody asks.
    const ENABLED: bool;

    /// Takes one step; `step` is not called where nobody asks.
    fn step(&mut self, step: impl FnOnce() -> Step);
}

/// Nobody asks.
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

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The path was read in these ways, the canonical first.
    Path(Vec<String>),
    /// A rule was tried.
    Rule {
        /// Whose rule.
        filter: Filter,
        /// Its name.
        rule: String,
        /// On which reading of the path, where there is one.
        reading: Option<String>,
        /// What came of it.
        tried: RuleResult,
    },
}

/// What came of trying a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleResult {
    /// It matched.
    Matched,
    /// It matched, is in shadow, and was passed over.
    Shadowed,
    /// This field did not hold.
    Missed(Field),
    /// It is off.
    Off,
}

impl RuleResult {
    /// What comes of a rule with this mode of its own; `first_mismatch` is the field that does not hold.
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
