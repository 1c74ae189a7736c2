//! The kinds of problems of service graphs.

/// The kind of a problem of a service graph, such as `self_edge`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GraphCode(&'static str);

impl GraphCode {
    /// Returns the name, which is stable.
    pub fn name(self) -> &'static str {
        self.0
    }
}

macro_rules! codes {
    ($( $constant:ident = $name:literal; )*) => {
        #[expect(missing_docs, reason = "named after the codes")]
        impl GraphCode {
            $( pub const $constant: Self = Self($name); )*

            /// Every code of the checks of graphs. The codes of reading, such as `wrong_type`, are those of all objects.
            pub const ALL: &[Self] = &[$( Self::$constant ),*];
        }
    };
}

codes! {
    CLOSES_PLUMBING = "closes_plumbing";
    DUPLICATE_NAME = "duplicate_name";
    EMPTY_LIST = "empty_list";
    EMPTY_SELECTOR = "empty_selector";
    INVALID_CIDR = "invalid_cidr";
    INVALID_EXCEPT = "invalid_except";
    INVALID_NAME = "invalid_name";
    INVALID_PORT = "invalid_port";
    INVALID_VALUE = "invalid_value";
    METADATA_REACHABLE = "metadata_reachable";
    MISSING_FIELD = "missing_field";
    NO_EFFECT = "no_effect";
    OVERLAPPING_SELECTOR = "overlapping_selector";
    REPEATED = "repeated";
    SELF_EDGE = "self_edge";
    UNKNOWN_NAME = "unknown_name";
}
