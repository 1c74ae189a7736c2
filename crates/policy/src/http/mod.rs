//! A request as policies see it: bytes are parsed once, into [`Authority`], [`RequestPath`] and [`Headers`].

mod authority;
mod budget;
mod header_class;
mod header_index;
mod header_sketches;
mod headers;
mod list;
mod path;
mod query;
mod request;

pub use authority::{Authority, Host};
pub(crate) use budget::Budget;
pub(crate) use header_class::{FIXED, fixed_header, has_spelled_prefix, is_irregular};
pub use header_class::{is_other_spelling, is_spelling};
pub(crate) use header_index::{HeaderIndex, HeaderPrefixes};
pub use headers::{Change, Headers, JOINED};
pub(crate) use headers::{is_joined, split};
pub(crate) use list::{blank_bytes, comma_count, list_items, trim_blanks};
pub(crate) use path::hex_byte;
pub use path::{
    Choice, DotSegments, Forward, Normalize, PathHeaders, PathLimits, RequestPath, TrailingSlash,
    canonical_paths, canonical_pattern,
};
pub use query::{Query, parameter_key, query_parameters};
pub use request::{Connection, Needs, Request};
