//! What a client without a proper token is told (RFC 6750, section 3).

use super::document::{Realm, TokenRequirement};

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// There is no token, or no rule that would ask for one.
    Missing(&'static str),
    /// The token does not hold.
    Invalid(&'static str),
    /// The token holds, and is not enough.
    Insufficient(&'static str),
    /// There is more than one.
    Several,
    /// There are no keys to check it with; `retry_after` in seconds.
    Unavailable { reason: &'static str, retry_after: u64 },
}

impl Refusal {
    /// The status of the denial.
    pub(super) fn status(self) -> u16 {
        match self {
            Self::Missing(_) | Self::Invalid(_) => 401,
            Self::Insufficient(_) => 403,
            Self::Several => 400,
            Self::Unavailable { .. } => 503,
        }
    }

    /// The reason of the denial.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::Missing(reason) | Self::Invalid(reason) | Self::Insufficient(reason) => reason,
            Self::Unavailable { reason, .. } => reason,
            Self::Several => "token_repeated",
        }
    }

    /// The header that tells the client what to do: a challenge, or when to come again (RFC 9110, section 10.2.3).
    pub(super) fn header(self, realm: &Realm, required: Option<&TokenRequirement>) -> (&'static str, String) {
        let Self::Unavailable { retry_after, .. } = self else {
            return ("www-authenticate", self.challenge(realm, required));
        };
        ("retry-after", retry_after.to_string())
    }

    fn challenge(self, Realm(realm): &Realm, required: Option<&TokenRequirement>) -> String {
        let error = match self {
            Self::Missing(_) | Self::Unavailable { .. } => return format!("Bearer realm=\"{realm}\""),
            Self::Invalid(_) => "invalid_token",
            Self::Insufficient(_) => "insufficient_scope",
            Self::Several => "invalid_request",
        };
        let scopes = required.map(|required| {
            required.scopes.iter().map(|scope| scope.0.as_str()).collect::<Vec<_>>().join(" ")
        });
        let scopes = scopes.filter(|scopes| !scopes.is_empty());
        match (self, scopes) {
            (Self::Insufficient(_), Some(scopes)) => {
                format!("Bearer realm=\"{realm}\", error=\"{error}\", scope=\"{scopes}\"")
            }
            _ => format!("Bearer realm=\"{realm}\", error=\"{error}\""),
        }
    }
}
