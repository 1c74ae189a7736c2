//! Why a request is denied or redirected.

use jose::JwsError;
use std::fmt;

/// Why a request is denied or redirected: a stable name, and the status of the denial.
///
/// The name is part of response code details, filter state and logs. The client sees the status only. A module carries
/// the names that its filter uses and no others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason {
    name: &'static str,
    status: u16,
    is_policy: bool,
}

impl Reason {
    /// Returns the name, such as `method_not_allowed`.
    pub fn name(self) -> &'static str {
        self.name
    }

    /// Returns the status of the denial.
    pub fn status(self) -> u16 {
        self.status
    }

    /// Returns true if the policy decided, so that its deny response may replace the status; false if the protocol
    /// requires the status.
    pub fn is_policy(self) -> bool {
        self.is_policy
    }

    /// Returns every reason.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::OWN.iter().copied().chain(JwsError::ALL.into_iter().map(Self::from))
    }

    /// A denial by a rule or a default of the policy.
    const fn policy(name: &'static str, status: u16) -> Self {
        Self { name, status, is_policy: true }
    }

    /// A denial whose status a specification requires.
    const fn protocol(name: &'static str, status: u16) -> Self {
        Self { name, status, is_policy: false }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl From<JwsError> for Reason {
    fn from(error: JwsError) -> Self {
        Self::protocol(error.reason(), 401)
    }
}

macro_rules! reasons {
    ($( $constant:ident = $kind:ident($name:literal, $status:literal); )*) => {
        #[expect(missing_docs, reason = "the reference pages explain each reason")]
        impl Reason {
            $( pub const $constant: Self = Self::$kind($name, $status); )*

            const OWN: &[Self] = &[$( Self::$constant ),*];
        }
    };
}

reasons! {
    // The request line.
    PSEUDO_HEADER_REPEATED = protocol("pseudo_header_repeated", 400);
    METHOD_MISSING = protocol("method_missing", 400);
    AUTHORITY_MISSING = protocol("authority_missing", 400);
    AUTHORITY_REPEATED = protocol("authority_repeated", 400);
    AUTHORITY_USERINFO = protocol("authority_userinfo", 400);
    AUTHORITY_CHARACTER = protocol("authority_character", 400);
    AUTHORITY_PORT = protocol("authority_port", 400);
    AUTHORITY_BRACKETS = protocol("authority_brackets", 400);
    AUTHORITY_EMPTY_LABEL = protocol("authority_empty_label", 400);
    AUTHORITY_TOO_LONG = protocol("authority_too_long", 400);
    PATH_MISSING = protocol("path_missing", 400);
    PATH_NOT_ABSOLUTE = protocol("path_not_absolute", 400);
    PATH_CONTROL = protocol("path_control", 400);
    PATH_ESCAPE = protocol("path_escape", 400);
    PATH_UTF8 = protocol("path_utf8", 400);
    PATH_FRAGMENT = protocol("path_fragment", 400);
    PATH_ABOVE_ROOT = protocol("path_above_root", 400);
    TOO_MANY_READINGS = protocol("too_many_readings", 400);
    TOO_COSTLY = protocol("too_costly", 400);
    // `normalize` and `limits` of path-policy; 414 by RFC 9110, section 15.5.15.
    PATH_TOO_LONG = protocol("path_too_long", 414);
    QUERY_TOO_LONG = protocol("query_too_long", 414);
    TOO_MANY_SEGMENTS = protocol("too_many_segments", 414);
    ESCAPED_SLASH = protocol("escaped_slash", 400);
    BACKSLASH = protocol("backslash", 400);
    PATH_PARAMETER = protocol("path_parameter", 400);
    DOUBLE_ENCODING = protocol("double_encoding", 400);
    EMPTY_SEGMENT = protocol("empty_segment", 400);
    DOT_SEGMENT = protocol("dot_segment", 400);
    PATH_HEADER = protocol("path_header", 400);
    // vhost-policy.
    UNKNOWN_HOST = policy("unknown_host", 404);
    PORT_NOT_LISTED = policy("port_not_listed", 404);
    SNI_MISSING = protocol("sni_missing", 421);
    SNI_MISMATCH = protocol("sni_mismatch", 421);
    TLS_REQUIRED = policy("tls_required", 403);
    TLS_REDIRECT = protocol("tls_redirect", 308);
    METHOD_NOT_ALLOWED = protocol("method_not_allowed", 405);
    // path-policy.
    DENIED = policy("denied", 403);
    DEFAULT_DENY = policy("default_deny", 403);
    REDIRECTED = protocol("redirected", 308);
    REWRITE_AMBIGUOUS = protocol("rewrite_ambiguous", 400);
    REPLACEMENT_FAILED = protocol("replacement_failed", 500);
    // token-validation; those of the token's syntax are the reasons of `JwsError`.
    NO_RULE = protocol("no_rule", 401);
    TOKEN_MISSING = protocol("token_missing", 401);
    TOKEN_REPEATED = protocol("token_repeated", 400);
    TOKEN_MALFORMED = protocol("token_malformed", 401);
    TOKEN_ISSUER = protocol("token_issuer", 401);
    TOKEN_ALGORITHM = protocol("token_algorithm", 401);
    TOKEN_TYPE = protocol("token_type", 401);
    TOKEN_DATE = protocol("token_date", 401);
    TOKEN_EXP_MISSING = protocol("token_exp_missing", 401);
    TOKEN_EXPIRED = protocol("token_expired", 401);
    TOKEN_NOT_YET = protocol("token_not_yet", 401);
    TOKEN_LIFETIME = protocol("token_lifetime", 401);
    TOKEN_AUDIENCE = protocol("token_audience", 401);
    TOKEN_CONFIRMATION = protocol("token_confirmation", 401);
    TOKEN_KEY = protocol("token_key", 401);
    TOKEN_SIGNATURE = protocol("token_signature", 401);
    SCOPE_MISSING = protocol("scope_missing", 403);
    CLAIM_MISMATCH = protocol("claim_mismatch", 403);
    KEYS_MISSING = protocol("keys_missing", 503);
    KEYS_STALE = protocol("keys_stale", 503);
    // header-policy; 431 by RFC 6585, section 5.
    TOO_MANY_HEADERS = protocol("too_many_headers", 431);
    HEADER_TOO_LONG = protocol("header_too_long", 431);
    HEADERS_TOO_LARGE = protocol("headers_too_large", 431);
    UNDERSCORE = protocol("underscore", 400);
    HEADER_REQUIRED = protocol("header_required", 400);
    HEADER_FORBIDDEN = policy("header_forbidden", 403);
    HEADER_REPEATED = protocol("header_repeated", 400);
    // The host of the module failed.
    INTERNAL_ERROR = protocol("internal_error", 500);
}
