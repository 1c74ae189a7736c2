//! A reading of a path, with the spellings that some servers treat as the same path.

use super::folding::fold_path;
use std::cell::OnceCell;

/// A reading of a path, as a match sees it.
#[derive(Debug, Clone, Copy)]
pub struct PathReading<'p> {
    /// The reading.
    pub text: &'p str,
    /// Whether a match that restricts sees the reading with and without its last slash.
    pub(super) ignores_last_slash: bool,
    spellings: &'p Spellings,
}

/// Further spellings of a reading. Each is computed once, when a match first uses it.
#[derive(Debug, Default)]
pub struct Spellings {
    folded: OnceCell<Option<String>>,
    slashed: OnceCell<String>,
}

impl<'p> PathReading<'p> {
    /// Creates a reading; `spellings` are empty.
    pub fn new(text: &'p str, ignores_last_slash: bool, spellings: &'p Spellings) -> Self {
        Self { text, ignores_last_slash, spellings }
    }

    /// Returns the reading with ASCII letters in place of those that fold to them, if it has such letters.
    pub fn folded(&self) -> Option<&'p str> {
        let fold = || self.text.contains('%').then(|| fold_path(self.text)).flatten();
        self.spellings.folded.get_or_init(fold).as_deref()
    }

    /// Returns the reading with a further slash.
    pub(super) fn slashed(&self) -> &'p str {
        self.spellings.slashed.get_or_init(|| format!("{}/", self.text))
    }
}
