//! A reading of a path, with the spellings that some servers treat as the same path.

use super::folding::fold_path;
use automata::{ExpressionSet, Scan};
use std::cell::OnceCell;

/// A reading of a path, as a match sees it.
#[derive(Debug, Clone, Copy)]
pub struct PathReading<'p> {
    /// The reading.
    pub text: &'p str,
    /// Whether a match that restricts sees the reading with and without its last slash.
    pub(super) ignores_last_slash: bool,
    spellings: &'p Spellings,
    /// The expressions of the rules.
    expressions: &'p ExpressionSet,
}

/// Further spellings of a reading, and the expressions that match it. Each is computed once, when a match first uses it.
#[derive(Debug, Default)]
pub struct Spellings {
    folded: OnceCell<Option<String>>,
    scan: OnceCell<Scan>,
    folded_scan: OnceCell<Scan>,
}

impl<'p> PathReading<'p> {
    /// Creates a reading; `spellings` are empty.
    pub fn new(
        text: &'p str,
        ignores_last_slash: bool,
        spellings: &'p Spellings,
        expressions: &'p ExpressionSet,
    ) -> Self {
        Self { text, ignores_last_slash, spellings, expressions }
    }

    /// Returns the reading with ASCII letters in place of those that fold to them, if it has such letters.
    pub fn folded(&self) -> Option<&'p str> {
        let fold = || self.text.contains('%').then(|| fold_path(self.text)).flatten();
        self.spellings.folded.get_or_init(fold).as_deref()
    }

    /// Returns the expressions that match the reading, with its last slash as it is and the other way; `None` if the
    /// reading has no set of expressions.
    pub(crate) fn scan(&self) -> Option<&'p Scan> {
        let scan = || self.expressions.scan(self.text.as_bytes(), b'/');
        (!self.expressions.is_empty()).then(|| self.spellings.scan.get_or_init(scan))
    }

    /// Returns the same for the folded reading, if it differs.
    pub(crate) fn folded_scan(&self) -> Option<&'p Scan> {
        let folded = self.folded()?;
        Some(self.spellings.folded_scan.get_or_init(|| self.expressions.scan(folded.as_bytes(), b'/')))
    }
}
