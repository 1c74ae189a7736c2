//! Why a token cannot be read.

/// Why a token cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JwsError {
    /// It has more bytes than [`MAX_TOKEN_BYTES`](crate::MAX_TOKEN_BYTES).
    TooLong,
    /// It is not a header, a payload and a signature (RFC 7515, section 7.1).
    Parts,
    /// A part is not strictly base64url (RFC 7515, section 2).
    Base64,
    /// The header is no JSON object (RFC 7515, section 4).
    Header,
    /// `typ`, `cty` or `kid` is no string (RFC 7515, section 4.1).
    HeaderMember,
    /// `alg` is missing or not known (RFC 7515, section 4.1.1).
    Algorithm,
    /// `alg` is `none`, in any case (RFC 8725, section 3.2).
    Unsigned,
    /// There is `crit` (RFC 7515, section 4.1.11).
    Critical,
    /// There is `b64` (RFC 7797, section 3).
    Unencoded,
    /// The payload is no JSON object (RFC 7519, section 7.2).
    Claims,
    /// An object has a name twice (RFC 7515, section 4; RFC 7519, section 4).
    Duplicate,
    /// Lists and objects stand more than 16 deep in each other.
    TooDeep,
}

impl JwsError {
    /// Every error.
    pub const ALL: [Self; 12] = [
        Self::TooLong,
        Self::Parts,
        Self::Base64,
        Self::Header,
        Self::HeaderMember,
        Self::Algorithm,
        Self::Unsigned,
        Self::Critical,
        Self::Unencoded,
        Self::Claims,
        Self::Duplicate,
        Self::TooDeep,
    ];

    /// The reason of the denial.
    pub fn reason(self) -> &'static str {
        match self {
            Self::TooLong => "token_too_long",
            Self::Parts => "token_parts",
            Self::Base64 => "token_base64",
            Self::Header => "token_header",
            Self::HeaderMember => "token_header_member",
            Self::Algorithm => "token_algorithm",
            Self::Unsigned => "token_unsigned",
            Self::Critical => "token_critical",
            Self::Unencoded => "token_unencoded",
            Self::Claims => "token_claims",
            Self::Duplicate => "token_duplicate_name",
            Self::TooDeep => "token_too_deep",
        }
    }
}

impl std::fmt::Display for JwsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.reason())
    }
}

impl std::error::Error for JwsError {}
