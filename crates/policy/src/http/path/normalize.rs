//! The choices of a policy for spellings that servers read differently.

use crate::reason::Reason;

document! {
    /// How to treat spellings of a path that servers read differently.
    #[derive(Copy, PartialEq, Eq)]
    pub struct Normalize: Default {
        /// `%2F` and `%5C`; `decode`: as slash and backslash.
        "escapedSlashes" escaped_slashes: EscapedSlashes = EscapedSlashes::EveryReading,
        /// `\`; `toSlash`: as slash.
        "backslashes" backslashes: Backslashes = Backslashes::EveryReading,
        /// `;v=1`; `strip`: removed from each segment.
        "pathParameters" path_parameters: PathParameters = PathParameters::EveryReading,
        /// `%25` and two hex digits.
        "doubleEncoding" double_encoding: DoubleEncoding = DoubleEncoding::EveryReading,
        /// `%3F` and `%23`, which end the path for a server that decodes before it splits off the query.
        "decodedDelimiters" decoded_delimiters: DecodedDelimiters = DecodedDelimiters::EveryReading,
        /// `;`, after which some servers read the query.
        "semicolonQuery" semicolon_query: SemicolonQuery = SemicolonQuery::EveryReading,
        /// `//`; `merge`: as one slash.
        "emptySegments" empty_segments: EmptySegments = EmptySegments::EveryReading,
        /// `.` and `..` in the path that the upstream gets, after other steps.
        "dotSegments" dot_segments: DotSegments = DotSegments::EveryReading,
        /// A last slash, for rules that deny or require.
        "trailingSlash" trailing_slash: TrailingSlash = TrailingSlash::Denials,
        /// Headers that move the path in some servers.
        "pathHeaders" path_headers: PathHeaders = PathHeaders::Remove,
        /// The path that the upstream receives.
        "forward" forward: Forward = Forward::Canonical,
    }
}

/// The meaning of a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Both readings; rules match each.
    EveryReading,
    /// The changed reading only.
    Change,
    /// The original reading only.
    Keep,
    /// The request is denied with 400.
    Reject,
}

/// Defines choices of one kind each: about a spelling, and the word for the changed reading.
macro_rules! choices {
    ($( $(#[$($meta:tt)*])* $name:ident $(, $change:ident = $word:literal)?; )*) => {$(
        choice! {
            $(#[$($meta)*])*
            pub enum $name {
                EveryReading = "everyReading",
                $($change = $word,)?
                Keep = "keep",
                Reject = "reject",
            }
        }

        impl From<$name> for Choice {
            fn from(choice: $name) -> Self {
                match choice {
                    $name::EveryReading => Self::EveryReading,
                    $($name::$change => Self::Change,)?
                    $name::Keep => Self::Keep,
                    $name::Reject => Self::Reject,
                }
            }
        }
    )*};
}

choices! {
    /// How to treat `%2F` and `%5C`.
    EscapedSlashes, Decode = "decode";
    /// How to treat `\`.
    Backslashes, ToSlash = "toSlash";
    /// How to treat path parameters such as `;v=1`.
    PathParameters, Strip = "strip";
    /// How to treat `%25` and two hex digits.
    DoubleEncoding;
    /// How to treat `%3F` and `%23`.
    DecodedDelimiters;
    /// How to treat the first `;` of a path.
    SemicolonQuery;
    /// How to treat `//`.
    EmptySegments, Merge = "merge";
}

choice! {
    /// How to treat `.` and `..`.
    pub enum DotSegments {
        /// Resolved, or kept by a server that does not resolve them.
        EveryReading = "everyReading",
        /// They are resolved.
        Resolve = "resolve",
        /// The request is denied with 400.
        Reject = "reject",
    }
}

choice! {
    /// A last slash, for rules that deny or require.
    pub enum TrailingSlash {
        /// Such rules match the path with and without its last slash.
        Denials = "denials",
        /// They match the path as it is.
        Keep = "keep",
    }
}

choice! {
    /// Headers that move the path in some servers, such as `x-original-url`.
    pub enum PathHeaders {
        /// They are removed.
        Remove = "remove",
        /// They are kept.
        Keep = "keep",
        /// The request is denied with 400.
        Reject = "reject",
    }
}

choice! {
    /// The path that the upstream receives.
    pub enum Forward {
        /// The path that the policy checked.
        Canonical = "canonical",
        /// The original path.
        Original = "original",
    }
}

document! {
    /// The length of a path and a query; 414 if exceeded.
    #[derive(Copy, PartialEq, Eq)]
    pub struct PathLimits: Default {
        /// Bytes of the original path.
        "maxPathBytes" max_path_bytes: usize = 8192,
        /// Bytes of the original query.
        "maxQueryBytes" max_query_bytes: usize = 8192,
        /// Segments of the original path.
        "maxSegments" max_segments: usize = 128,
    }
}

impl PathLimits {
    pub(super) fn check(&self, path: &[u8], query: Option<&[u8]>) -> Result<(), Reason> {
        if path.len() > self.max_path_bytes {
            return Err(Reason::PATH_TOO_LONG);
        }
        if query.is_some_and(|query| query.len() > self.max_query_bytes) {
            return Err(Reason::QUERY_TOO_LONG);
        }
        if path.iter().filter(|byte| **byte == b'/').count() > self.max_segments {
            return Err(Reason::TOO_MANY_SEGMENTS);
        }
        Ok(())
    }
}
