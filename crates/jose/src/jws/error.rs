//! Why a token is malformed.

/// Defines [`JwsError`] from a table of variants and reasons.
macro_rules! errors {
    ($($(#[$doc:meta])* $name:ident = $reason:literal,)*) => {
        /// Why a token is malformed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum JwsError { $($(#[$doc])* $name,)* }

        impl JwsError {
            /// All errors.
            pub const ALL: [Self; [$(Self::$name,)*].len()] = [$(Self::$name,)*];

            /// Returns the reason of the denial.
            pub fn reason(self) -> &'static str {
                match self { $(Self::$name => $reason,)* }
            }
        }
    };
}

errors! {
    /// It is longer than [`MAX_TOKEN_BYTES`](crate::MAX_TOKEN_BYTES).
    TooLong = "token_too_long",
    /// It does not consist of a header, a payload and a signature (RFC 7515, section 7.1).
    Parts = "token_parts",
    /// A part is not base64url without padding (RFC 7515, section 2).
    Base64 = "token_base64",
    /// The header is not a JSON object (RFC 7515, section 4).
    Header = "token_header",
    /// `typ`, `cty` or `kid` is not a string (RFC 7515, section 4.1).
    HeaderMember = "token_header_member",
    /// `alg` is missing or unknown (RFC 7515, section 4.1.1).
    Algorithm = "token_algorithm",
    /// `alg` is `none`, in any case (RFC 8725, section 3.2).
    Unsigned = "token_unsigned",
    /// The header has `crit` (RFC 7515, section 4.1.11).
    Critical = "token_critical",
    /// The header has `b64` (RFC 7797, section 3).
    Unencoded = "token_unencoded",
    /// The payload is not a JSON object (RFC 7519, section 7.2).
    Claims = "token_claims",
    /// An object has a duplicate key (RFC 7515, section 4; RFC 7519, section 4).
    Duplicate = "token_duplicate_name",
    /// Arrays and objects are nested more than 16 deep.
    TooDeep = "token_too_deep",
}

impl std::fmt::Display for JwsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.reason())
    }
}

impl std::error::Error for JwsError {}
