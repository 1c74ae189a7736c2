//! HTTP byte for byte. Clients that send exactly what they are given, for no library stands between a test and the wire;
//! an upstream that tells what reached it; and a case as a request, with what its response tells.
#![allow(clippy::indexing_slicing, reason = "a tool of tests")]

mod case;
mod http1;
mod http2;
pub mod upstream;

pub use case::{observed, parse_details, request};
pub use http1::{http1, http1_over, read_response};
pub use http2::{http2, http2_over};

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long a client waits for a byte.
const PATIENCE: Duration = Duration::from_secs(10);

/// A request, as bytes.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The method.
    pub method: Vec<u8>,
    /// The target; absent: none (a `CONNECT` of HTTP/1 then asks for the authority).
    pub target: Option<Vec<u8>>,
    /// The authority; absent: none.
    pub authority: Option<Vec<u8>>,
    /// `HTTP/1.0` or `HTTP/1.1`; of no meaning to HTTP/2.
    pub version: &'static str,
    /// Further header lines.
    pub lines: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Request {
    /// A `GET` of a path.
    pub fn get(path: &str) -> Self {
        Self {
            method: b"GET".to_vec(),
            target: Some(path.as_bytes().to_vec()),
            authority: Some(b"shop.example.com".to_vec()),
            version: "HTTP/1.1",
            lines: Vec::new(),
        }
    }

    /// The same with one more header line.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.lines.push((name.as_bytes().to_vec(), value.as_bytes().to_vec()));
        self
    }
}

/// A response.
#[derive(Debug, Clone, Default)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The header lines, names in lower case; of HTTP/2 the trailers too.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_slice())
    }

    /// The first value of a header as text.
    pub fn text(&self, name: &str) -> String {
        self.header(name).map(|value| String::from_utf8_lossy(value).into_owned()).unwrap_or_default()
    }
}

/// A connection: plaintext or TLS.
pub trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

/// A TCP connection to `address`.
///
/// # Errors
/// Where there is none.
pub fn connect(address: SocketAddr) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
