//! HTTP clients that send exactly the bytes they are given; a client library would normalize them.

mod connection;
mod http1;
mod http2;
mod message;

pub use connection::{Stream, connect};
pub use http1::{http1, http1_over, read_response};
pub use http2::{http2, http2_over};
pub use message::{Request, Response};
