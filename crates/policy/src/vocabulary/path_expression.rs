//! Path patterns that an automaton matches.

use super::PathShape;
use super::pattern::folds;
use automata::{Expression, Places};

/// A path pattern that an automaton matches: `suffix`, `contains` or `regex`.
///
/// The expressions of all rules form a set, which is matched once for each reading of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathExpression {
    kind: Kind,
    expression: Expression,
    ignore_case: bool,
    is_about_last_slash: bool,
    /// The place in the set of the rules.
    place: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Suffix(String),
    Contains(String),
    Regex,
}

impl PathExpression {
    /// Creates the pattern of a regular expression.
    pub(super) fn regex(expression: Expression) -> Self {
        let ignore_case = expression.ignores_case();
        Self::new(Kind::Regex, expression, ignore_case)
    }

    /// Creates the pattern of a `suffix`.
    pub(super) fn suffix(text: String, expression: Expression, ignore_case: bool) -> Self {
        Self::new(Kind::Suffix(text), expression, ignore_case)
    }

    /// Creates the pattern of a text that a path contains.
    pub(super) fn contains(text: String, expression: Expression, ignore_case: bool) -> Self {
        Self::new(Kind::Contains(text), expression, ignore_case)
    }

    fn new(kind: Kind, expression: Expression, ignore_case: bool) -> Self {
        let is_about_last_slash = is_about_last_slash(&expression);
        Self { kind, expression, ignore_case, is_about_last_slash, place: 0 }
    }

    /// Returns what the pattern matches.
    pub(super) fn shape(&self) -> PathShape<'_> {
        match &self.kind {
            Kind::Suffix(text) => PathShape::Suffix(text),
            Kind::Contains(text) => PathShape::Contains(text),
            Kind::Regex => PathShape::Regex(&self.expression),
        }
    }

    /// Sets the place in the set of the rules, and returns the expression for this set.
    pub(crate) fn placed(&mut self, place: usize) -> &Expression {
        self.place = place;
        &self.expression
    }

    pub(super) fn ignores_case(&self) -> bool {
        self.ignore_case
    }

    /// Returns true if the pattern, or a part of it, ignores case.
    pub(super) fn folds(&self) -> bool {
        self.ignore_case || (self.kind == Kind::Regex && folds(&self.expression))
    }

    /// Returns true if the pattern is about the last slash of a path itself, as the suffix `/` is.
    pub(super) fn is_about_last_slash(&self) -> bool {
        self.is_about_last_slash
    }

    /// Returns true if the path matches as it is.
    pub(super) fn matches(&self, path: &str) -> bool {
        self.expression.is_match(path.as_bytes())
    }

    /// Returns true if the expression is among those that match.
    pub(super) fn is_in(&self, matches: &Places) -> bool {
        matches.contains(self.place)
    }
}

/// Returns true if an expression matches any path with a last slash and not without, for names that no pattern contains.
fn is_about_last_slash(expression: &Expression) -> bool {
    let names = ["/\u{1}", "/\u{1}/\u{1}/\u{1}/\u{1}"];
    names.iter().all(|path| {
        expression.is_match(format!("{path}/").as_bytes()) && !expression.is_match(path.as_bytes())
    })
}
