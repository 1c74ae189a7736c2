//! A persistent connection, so that thousands of requests take seconds.

use std::net::{SocketAddr, TcpStream};
use testkit::http::{self, Request, Response};

/// The maximum number of redirects.
const REDIRECTS: usize = 3;

/// A connection to a server, which is reopened if the server closes it.
#[derive(Debug)]
pub struct Connection {
    address: SocketAddr,
    stream: Option<TcpStream>,
}

impl Connection {
    /// Creates a connection, which is opened by the first request.
    pub fn new(address: SocketAddr) -> Self {
        Self { address, stream: None }
    }

    /// Sends a `GET` request. Returns `None` if the server closes the connection.
    pub fn get(&mut self, target: &[u8]) -> Option<Response> {
        self.send(&Request { target: Some(target.to_vec()), ..Request::get("/") })
    }

    /// Sends a request. Returns `None` if the server closes the connection.
    pub fn send(&mut self, request: &Request) -> Option<Response> {
        // The server may have closed the connection after the last response, for reasons other than this request.
        let kept = self.stream.take();
        kept.and_then(|stream| self.over(stream, request))
            .or_else(|| self.over(http::connect(self.address).ok()?, request))
    }

    /// Sends a `GET` request and follows redirects.
    pub fn follow(&mut self, target: &[u8]) -> Option<Response> {
        let mut response = self.get(target)?;
        for _ in 0..REDIRECTS {
            let Some(location) = response.header("location") else { break };
            response = self.get(location)?;
        }
        Some(response)
    }

    fn over(&mut self, mut stream: TcpStream, request: &Request) -> Option<Response> {
        let response = http::http1_over(&mut stream, request).ok()?;
        if !response.text("connection").eq_ignore_ascii_case("close") {
            self.stream = Some(stream);
        }
        Some(response)
    }
}
