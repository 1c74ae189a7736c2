//! What is wrong with a text, and where.

/// Where a thing stands in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// How many characters it takes on that line, at least 1.
    pub width: usize,
}

/// Who is told what is wrong with a text.
pub trait Log {
    /// Notes a problem: a stable word for its kind, what is wrong, and what to write instead, which may be empty.
    fn note(&mut self, mark: Mark, code: &'static str, message: String, help: &str);
}

/// One thing that is wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where it is.
    pub mark: Mark,
    /// A stable word for its kind.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to write instead; may be empty.
    pub help: String,
}

/// What is wrong with a text, in a list.
#[derive(Debug, Default)]
pub struct Faults(pub Vec<Fault>);

impl Log for Faults {
    fn note(&mut self, mark: Mark, code: &'static str, message: String, help: &str) {
        self.0.push(Fault { mark, code, message, help: help.to_owned() });
    }
}
