//! What is wrong with manifests: every problem, where it is, and what to write instead.

use std::fmt;
use std::sync::Arc;
use yaml::{Log, Mark};

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file, as it was named.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// How many characters the thing takes on that line, at least 1.
    pub width: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// One problem of a manifest.
///
/// It prints as `file:line:column: message; help`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where it is.
    pub place: Place,
    /// A stable word for the kind of problem, such as `unknown_field`.
    pub code: &'static str,
    /// What is wrong; text of the user's stands in backticks.
    pub message: String,
    /// What to write instead; may be empty.
    pub help: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)?;
        if self.help.is_empty() { Ok(()) } else { write!(f, "; {}", self.help) }
    }
}

/// The problems of one file.
#[derive(Debug)]
pub(crate) struct Problems {
    file: Arc<str>,
    found: Vec<Problem>,
}

impl Problems {
    pub(crate) fn new(file: &str) -> Self {
        Self { file: file.into(), found: Vec::new() }
    }

    /// Notes a problem.
    pub(crate) fn add(
        &mut self,
        mark: Mark,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let place = self.place(mark);
        self.found.push(Problem { place, code, message: message.into(), help: help.into() });
    }

    /// A place of the file.
    pub(crate) fn place(&self, mark: Mark) -> Place {
        let Mark { line, column, width } = mark;
        Place { file: self.file.clone(), line, column, width }
    }

    /// Whether a problem of this kind was found since there were `before` of them.
    pub(crate) fn any_since(&self, before: usize, code: &str) -> bool {
        self.found.iter().skip(before).any(|problem| problem.code == code)
    }

    pub(crate) fn len(&self) -> usize {
        self.found.len()
    }

    pub(crate) fn into_vec(self) -> Vec<Problem> {
        self.found
    }
}

impl Log for Problems {
    fn note(&mut self, mark: Mark, code: &'static str, message: String, help: &str) {
        self.add(mark, code, message, help);
    }
}

/// The known word nearest to what was found, or all of them.
pub fn did_you_mean<'k>(found: &str, known: impl IntoIterator<Item = &'k str> + Clone) -> String {
    match nearest(found, known.clone()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => {
            let known: Vec<_> = known.into_iter().collect();
            if known.len() > 12 { String::new() } else { format!("there are `{}`", known.join("`, `")) }
        }
    }
}

/// The known word nearest to what was found, where one is near.
pub(crate) fn nearest<'k>(found: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let lower = found.to_ascii_lowercase();
    let distance = |name: &str| strsim::damerau_levenshtein(&lower, &name.to_ascii_lowercase());
    let (distance, name) =
        known.into_iter().map(|name| (distance(name), name)).min_by_key(|(distance, _)| *distance)?;
    (distance <= name.len().max(3) / 3 + 1).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn the_nearest_word_is_named() {
        assert_eq!(did_you_mean("form", ["from", "ports"]), "did you mean `from`?");
        assert_eq!(did_you_mean("zzzzzz", ["from", "ports"]), "there are `from`, `ports`");
    }
}
