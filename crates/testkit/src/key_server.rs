//! A key server that serves the public keys of an issuer, and can be made to fail.

use crate::http::{Reply, listen, response};
use crate::issuer::Issuer;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The behaviour of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Responds with the public keys.
    Keys,
    /// Responds with 200 and this body.
    Body(Vec<u8>),
    /// Responds with this status and no body.
    Status(u16),
    /// Sends the headers and closes the connection within the body.
    BreakOff,
    /// Sends nothing and keeps the connection open.
    Silence,
    /// Closes the connection without a response.
    Refusal,
}

/// A key server on 127.0.0.1.
#[derive(Debug)]
pub struct KeyServer {
    /// The address of the listener.
    pub address: SocketAddr,
    answer: Arc<Mutex<Answer>>,
    requests: Arc<AtomicUsize>,
}

impl KeyServer {
    /// Starts a server; port 0 picks a free one. It runs until the program exits.
    pub fn start(issuer: &Arc<Issuer>, port: u16) -> io::Result<Self> {
        let (answer, requests) = (Arc::new(Mutex::new(Answer::Keys)), Arc::new(AtomicUsize::new(0)));
        let (current, count, issuer) = (Arc::clone(&answer), Arc::clone(&requests), Arc::clone(issuer));
        let address = listen(port, move |_| {
            count.fetch_add(1, Ordering::SeqCst);
            let answer = current.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if answer == Answer::Silence {
                loop {
                    std::thread::park();
                }
            }
            respond(&answer, &issuer)
        })?;
        Ok(Self { address, answer, requests })
    }

    /// Sets the behaviour for all further requests.
    pub fn set(&self, answer: Answer) {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    }

    /// Returns the number of requests so far.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

/// Returns the response (RFC 9112).
pub fn respond(answer: &Answer, issuer: &Issuer) -> Reply {
    let keys = |body: &[u8]| response(200, &[("content-type", b"application/jwk-set+json")], body).into();
    match answer {
        Answer::Keys => keys(issuer.jwks().as_bytes()),
        Answer::Body(body) => keys(body),
        Answer::Status(status) => response(*status, &[], b"").into(),
        Answer::BreakOff => {
            Reply { bytes: b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"keys\"".to_vec(), close: true }
        }
        Answer::Silence | Answer::Refusal => Reply { bytes: Vec::new(), close: true },
    }
}
