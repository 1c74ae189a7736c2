//! A request as policies see it: bytes are parsed once, into [`Authority`], [`RequestPath`] and [`Headers`].

mod authority;
mod headers;
mod path;
mod query;
mod request;

pub use authority::{Authority, Host};
pub(crate) use headers::split;
pub use headers::{Change, Headers, JOINED};
pub(crate) use path::hex_byte;
pub use path::{
    Choice, DotSegments, Forward, Normalize, PathHeaders, PathLimits, RequestPath, TrailingSlash,
    canonical_paths, canonical_pattern,
};
pub use query::{Query, parameter_key, query_parameters};
pub use request::{Connection, Needs, Request};
