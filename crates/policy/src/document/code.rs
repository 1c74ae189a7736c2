//! The kinds of problems.

/// The kind of a problem, such as `unknown_field`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code(&'static str);

impl Code {
    /// Returns the name, which is stable.
    pub fn name(self) -> &'static str {
        self.0
    }
}

macro_rules! codes {
    ($( $constant:ident = $name:literal; )*) => {
        #[expect(missing_docs, reason = "named after the codes")]
        impl Code {
            $( pub const $constant: Self = Self($name); )*

            /// Every code.
            pub const ALL: &[Self] = &[$( Self::$constant ),*];
        }
    };
}

codes! {
    ALGORITHMS = "algorithms";
    CACHE = "cache";
    CLAIM = "claim";
    CLAIMS = "claims";
    CONTENT_TYPE = "content_type";
    DUPLICATE_DOMAIN = "duplicate_domain";
    DUPLICATE_NAME = "duplicate_name";
    DURATION = "duration";
    EMPTY = "empty";
    EMPTY_LIST = "empty_list";
    FIXED_HEADER = "fixed_header";
    HEADER_NAME = "header_name";
    HEADER_VALUE = "header_value";
    HOST = "host";
    HOST_PATTERN = "host_pattern";
    JWKS = "jwks";
    METHOD = "method";
    MISSING_FIELD = "missing_field";
    NO_MATCH = "no_match";
    PATH = "path";
    PATH_PATTERN = "path_pattern";
    PROVIDER = "provider";
    REALM = "realm";
    REGEX = "regex";
    REPLACEMENT = "replacement";
    RULE_NAME = "rule_name";
    SCOPE = "scope";
    STATUS = "status";
    SUBSTITUTION = "substitution";
    SYNTAX = "syntax";
    TEMPLATE = "template";
    TWO_MATCHES = "two_matches";
    TWO_REPLACEMENTS = "two_replacements";
    UNKNOWN_FIELD = "unknown_field";
    UNKNOWN_PROVIDER = "unknown_provider";
    UNKNOWN_VALUE = "unknown_value";
    URI = "uri";
    WRONG_ACTION = "wrong_action";
    WRONG_TYPE = "wrong_type";
}
