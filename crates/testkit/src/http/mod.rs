//! HTTP clients and servers that send exactly the bytes they are given; a library would normalize them.

mod connection;
mod http1;
mod http2;
mod message;
mod server;

pub use connection::{Stream, connect};
pub use http1::{http1, http1_over, read_response};
pub use http2::{Part, finish_http2, http2, http2_over, start_http2};
pub use message::{Request, Response};
pub use server::{Reply, accept, listen, response, serve, serve_connection};
