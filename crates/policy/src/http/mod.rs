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
pub use path::{Choice, DotSegments, Forward, Normalize, PathLimits, RequestPath, canonical_pattern};
pub use query::query_parameters;
pub use request::{Connection, Needs, Request};
