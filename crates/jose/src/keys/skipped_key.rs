//! The keys of a set that cannot be used.

use std::fmt;

/// A key of a set that cannot be used. The log line contains only the key ID (`kid`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedKey {
    /// Its index in the set.
    pub index: usize,
    /// The key ID (RFC 7517, section 4.5).
    pub kid: Option<String>,
    /// Why it cannot be used.
    pub why: &'static str,
}

/// The maximum number of characters of a `kid` in a log line.
const MAX_KID_CHARS: usize = 100;

impl fmt::Display for SkippedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key {}", self.index)?;
        if let Some(kid) = &self.kid {
            // The issuer chooses the `kid`: escape it and limit its length.
            let kid: String = kid.chars().take(MAX_KID_CHARS).flat_map(char::escape_debug).collect();
            write!(f, " (`{kid}`)")?;
        }
        write!(f, " is skipped: {}", self.why)
    }
}
