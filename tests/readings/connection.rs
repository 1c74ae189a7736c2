//! A connection that is kept, so that thousands of requests take seconds.

use std::net::{SocketAddr, TcpStream};
use testkit::http::{self, Request, Response};

/// How often a client follows a redirect.
const REDIRECTS: usize = 3;

/// A connection to a server, opened anew where the server has closed it.
#[derive(Debug)]
pub struct Connection {
    address: SocketAddr,
    stream: Option<TcpStream>,
}

impl Connection {
    /// A connection to this address, not opened yet.
    pub fn new(address: SocketAddr) -> Self {
        Self { address, stream: None }
    }

    /// What the server says to a `GET` of this target; nothing where it just closes the connection.
    pub fn get(&mut self, target: &[u8]) -> Option<Response> {
        let request = Request { target: Some(target.to_vec()), ..Request::get("/") };
        // A kept connection may have been closed since the last answer: that says nothing of this request.
        let kept = self.stream.take();
        kept.and_then(|stream| self.over(stream, &request))
            .or_else(|| self.over(http::connect(self.address).ok()?, &request))
    }

    /// The response at the end of redirects.
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
