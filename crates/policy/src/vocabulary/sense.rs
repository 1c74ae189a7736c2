//! The sense of a match.

/// What a request that matches gets. Some servers treat two spellings of a request as one, such as `/admin` and `/admin/`,
/// and others do not. The sense decides which of them a match counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// A denial, a requirement or an edit: the match counts the request and each spelling that some server treats as the
    /// same.
    Restrict,
    /// A permission: the match counts the request as it is.
    Grant,
}

impl Sense {
    /// Returns the sense of a match inside `not`: what a denial excludes is allowed, and the reverse.
    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Self::Restrict => Self::Grant,
            Self::Grant => Self::Restrict,
        }
    }
}
