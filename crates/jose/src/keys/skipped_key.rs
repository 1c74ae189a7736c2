//! A key that cannot be used.

use std::fmt;

/// A key that a set has and that is left out. Its line for the log never has anything of the key itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedKey {
    /// Where it stands in the set, from 0.
    pub index: usize,
    /// Its name (RFC 7517, section 4.5).
    pub kid: Option<String>,
    /// Why it cannot be used.
    pub why: &'static str,
}

/// The most characters of a name in a line.
const MAX_KID_CHARS: usize = 100;

impl fmt::Display for SkippedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key {}", self.index)?;
        if let Some(kid) = &self.kid {
            // The issuer chose the name: no line breaks, no end of it.
            let kid: String = kid.chars().take(MAX_KID_CHARS).flat_map(char::escape_debug).collect();
            write!(f, " (`{kid}`)")?;
        }
        write!(f, " is left out: {}", self.why)
    }
}
