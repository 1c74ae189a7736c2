//! The denial of a token, as the client sees it (RFC 6750, section 3).

use crate::decision::Reason;

/// Why a token, or a request without one, is denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TokenDenial {
    pub(super) reason: Reason,
    /// If the keys that could verify the token are unavailable: after how many seconds the client may retry.
    pub(super) retry_after: Option<u64>,
}

impl From<Reason> for TokenDenial {
    fn from(reason: Reason) -> Self {
        Self { reason, retry_after: None }
    }
}

impl TokenDenial {
    /// Returns the header of the denial: a challenge, or `retry-after` (RFC 9110, section 10.2.3).
    pub(super) fn header(self, realm: &str, scopes: &[&str]) -> (&'static str, String) {
        match self.retry_after {
            Some(seconds) => ("retry-after", seconds.to_string()),
            None => ("www-authenticate", self.challenge(realm, scopes)),
        }
    }

    fn challenge(self, realm: &str, scopes: &[&str]) -> String {
        let error = match (self.reason, self.reason.status()) {
            (Reason::TOKEN_MISSING | Reason::NO_RULE, _) => return format!("Bearer realm=\"{realm}\""),
            (_, 400) => "invalid_request",
            (_, 403) => "insufficient_scope",
            _ => "invalid_token",
        };
        let challenge = format!("Bearer realm=\"{realm}\", error=\"{error}\"");
        if self.reason.status() == 403 && !scopes.is_empty() {
            format!("{challenge}, scope=\"{}\"", scopes.join(" "))
        } else {
            challenge
        }
    }
}
