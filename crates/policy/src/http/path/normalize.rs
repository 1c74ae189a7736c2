//! What a policy chooses where servers read a path in different ways.

use crate::reason::Reason;

document! {
    /// What to do with each spelling that servers read in different ways.
    pub struct Normalize: Default {
        /// `%2F` and `%5C`; `decode`: as the slash and the backslash.
        "escapedSlashes" escaped_slashes: EscapedSlashes = EscapedSlashes::EveryReading,
        /// `\`; `toSlash`: as a slash.
        "backslashes" backslashes: Backslashes = Backslashes::EveryReading,
        /// `;v=1`; `strip`: cut from each segment.
        "pathParameters" path_parameters: PathParameters = PathParameters::EveryReading,
        /// `%25` and two hex digits.
        "doubleEncoding" double_encoding: DoubleEncoding = DoubleEncoding::EveryReading,
        /// `//`; `merge`: as one slash.
        "emptySegments" empty_segments: EmptySegments = EmptySegments::EveryReading,
        /// `.` and `..`.
        "dotSegments" dot_segments: DotSegments = DotSegments::Resolve,
        /// What the upstream gets.
        "forward" forward: Forward = Forward::Canonical,
    }
}

/// One choice, whatever its name in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Both ways, and the policy judges each.
    EveryReading,
    /// The other way alone.
    Change,
    /// The way in which it stands alone.
    Keep,
    /// 400.
    Reject,
}

macro_rules! choices {
    ($($(#[$($meta:tt)*])* $name:ident { $($variant:ident = $word:literal => $choice:ident,)* })*) => {$(
        choice! {
            $(#[$($meta)*])*
            pub enum $name { $($variant = $word,)* }
        }

        impl From<$name> for Choice {
            fn from(choice: $name) -> Self {
                match choice { $($name::$variant => Self::$choice,)* }
            }
        }
    )*};
}

choices! {
    /// Of `escapedSlashes`.
    EscapedSlashes {
        EveryReading = "everyReading" => EveryReading,
        Decode = "decode" => Change,
        Keep = "keep" => Keep,
        Reject = "reject" => Reject,
    }
    /// Of `backslashes`.
    Backslashes {
        EveryReading = "everyReading" => EveryReading,
        ToSlash = "toSlash" => Change,
        Keep = "keep" => Keep,
        Reject = "reject" => Reject,
    }
    /// Of `pathParameters`.
    PathParameters {
        EveryReading = "everyReading" => EveryReading,
        Strip = "strip" => Change,
        Keep = "keep" => Keep,
        Reject = "reject" => Reject,
    }
    /// Of `doubleEncoding`.
    DoubleEncoding {
        EveryReading = "everyReading" => EveryReading,
        Keep = "keep" => Keep,
        Reject = "reject" => Reject,
    }
    /// Of `emptySegments`.
    EmptySegments {
        EveryReading = "everyReading" => EveryReading,
        Merge = "merge" => Change,
        Keep = "keep" => Keep,
        Reject = "reject" => Reject,
    }
}

choice! {
    /// What to do with `.` and `..`.
    pub enum DotSegments {
        /// Resolve them.
        Resolve = "resolve",
        /// 400.
        Reject = "reject",
    }
}

choice! {
    /// What the upstream gets.
    pub enum Forward {
        /// The path that the policy judged.
        Canonical = "canonical",
        /// The path as it came.
        Original = "original",
    }
}

document! {
    /// How long a path and a query may be; beyond: 414.
    pub struct PathLimits: Default {
        /// Bytes of the path as it came.
        "maxPathBytes" max_path_bytes: usize = 8192,
        /// Bytes of the query as it came.
        "maxQueryBytes" max_query_bytes: usize = 8192,
        /// Segments of the path as it came.
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
