//! A request as the policies see it: bytes become [`Authority`], [`RequestPath`] and [`Headers`] once.

mod authority;
mod headers;
mod path;
mod query;
mod request;

pub use authority::{Authority, Host};
pub(crate) use headers::split;
pub use headers::{Change, Headers, JOINED};
pub use path::{Choice, DotSegments, Forward, Normalize, PathLimits, RequestPath, canonical_pattern};
pub use query::query_parameters;
pub use request::{Connection, Request};
