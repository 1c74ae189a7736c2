//! A reading of a path, with the spellings that some servers treat as the same path.

use super::folding::fold_path;
use automata::{ExpressionSet, Scan};
use std::cell::OnceCell;

/// A reading of a path, as a match sees it.
#[derive(Debug, Clone, Copy)]
pub struct PathReading<'p> {
    /// The reading.
    pub text: &'p str,
    /// Whether a match that restricts ignores a slash at the end, and dots and blanks at the end of each segment.
    pub(super) ignores_end: bool,
    spellings: &'p Spellings,
    /// The expressions of the rules.
    expressions: &'p ExpressionSet,
}

/// Further spellings of a reading, and the expressions that match it. Each is computed once, when a match first uses it.
#[derive(Debug, Default)]
pub struct Spellings {
    folded: OnceCell<Option<String>>,
    /// The reading without the ends of its segments, and folded.
    trimmed: [OnceCell<Option<String>>; 2],
    /// The expressions for the reading, without the ends of its segments, folded, and both.
    scans: [OnceCell<Scan>; 4],
}

/// A spelling of a reading.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spelling<'p> {
    pub(crate) text: &'p str,
    /// The place of its scan.
    place: usize,
    reading: PathReading<'p>,
}

impl<'p> Spelling<'p> {
    /// Returns the expressions that match the spelling, with its last slash as it is and the other way; `None` if the rules
    /// have no expressions.
    pub(crate) fn scan(&self) -> Option<&'p Scan> {
        let PathReading { spellings, expressions, .. } = self.reading;
        let scan = spellings.scans.get(self.place).filter(|_| !expressions.is_empty())?;
        Some(scan.get_or_init(|| expressions.scan(self.text.as_bytes(), b'/')))
    }
}

impl<'p> PathReading<'p> {
    /// Creates a reading; `spellings` are empty.
    pub fn new(
        text: &'p str,
        ignores_end: bool,
        spellings: &'p Spellings,
        expressions: &'p ExpressionSet,
    ) -> Self {
        Self { text, ignores_end, spellings, expressions }
    }

    /// Returns the reading as it is.
    pub(super) fn spelling(&self) -> Spelling<'p> {
        Spelling { text: self.text, place: 0, reading: *self }
    }

    /// Returns every spelling: the reading, and, if they differ, the reading without dots and blanks at the end of its segments,
    /// and, with `folds`, both with ASCII letters in place of those that fold to them.
    pub(crate) fn every(&self, folds: bool) -> impl Iterator<Item = Spelling<'p>> + use<'p> {
        let (reading, [trimmed, folded_trimmed]) = (*self, &self.spellings.trimmed);
        let folded = if folds { self.folded() } else { None };
        let without_ends = |text: &str| reading.ignores_end.then(|| without_ends(text)).flatten();
        let trimmed = trimmed.get_or_init(|| without_ends(self.text));
        let folded_trimmed =
            folded.and_then(|text| folded_trimmed.get_or_init(|| without_ends(text)).as_deref());
        let texts = [Some(self.text), trimmed.as_deref(), folded, folded_trimmed];
        (0..).zip(texts).filter_map(move |(place, text)| Some(Spelling { text: text?, place, reading }))
    }

    fn folded(&self) -> Option<&'p str> {
        let fold = || self.text.contains('%').then(|| fold_path(self.text)).flatten();
        self.spellings.folded.get_or_init(fold).as_deref()
    }
}

/// Returns true if a segment of the path ends in a dot or a blank.
pub(crate) fn has_ends(path: &str) -> bool {
    let ends = |segment: &str| segment.ends_with('.') || segment.ends_with("%20");
    // Most paths have neither byte.
    path.bytes().any(|byte| matches!(byte, b'.' | b'%')) && path.split('/').any(ends)
}

/// Returns the path without the dots and blanks at the end of its segments, which Caddy and servers on Windows ignore; `None` if
/// it has none. A segment that has nothing else stays, except at the end of the path.
fn without_ends(path: &str) -> Option<String> {
    if !has_ends(path) {
        return None;
    }
    let mut trimmed = String::with_capacity(path.len());
    for segment in path.split_inclusive('/') {
        let text = segment.strip_suffix('/').unwrap_or(segment);
        let mut rest = text;
        while let Some(shorter) = rest.strip_suffix('.').or_else(|| rest.strip_suffix("%20")) {
            rest = shorter;
        }
        trimmed.push_str(if rest.is_empty() && segment.len() > text.len() { text } else { rest });
        trimmed.push_str(segment.get(text.len()..).unwrap_or_default());
    }
    (trimmed.len() < path.len()).then_some(trimmed)
}

#[cfg(test)]
mod tests {
    use super::{has_ends, without_ends};
    use crate::test;

    #[test]
    fn dots_and_blanks_at_the_end_of_segments_are_removed() {
        for (path, expected) in [
            ("/admin.", Some("/admin")),
            ("/admin%20", Some("/admin")),
            ("/admin.%20..", Some("/admin")),
            ("/...", Some("/")),
            ("/admin/..%20", Some("/admin/")),
            ("/admin./", Some("/admin/")),
            ("/admin%20/x.y./z", Some("/admin/x.y/z")),
            ("/.../x.", Some("/.../x")),
            ("/.../x", None),
            ("/admin", None),
            ("/a.b%41", None),
            ("/", None),
        ] {
            assert_eq!(without_ends(path).as_deref(), expected, "{path}");
            // A segment of dots alone has ends that stay.
            assert_eq!(has_ends(path), expected.is_some() || path == "/.../x", "{path}");
        }
    }
}
