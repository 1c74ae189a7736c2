//! A key server that serves the public keys of an issuer, and can be made to fail.

use crate::issuer::Issuer;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
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
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    issuer: Arc<Issuer>,
    answer: Mutex<Answer>,
    requests: AtomicUsize,
}

impl KeyServer {
    /// Starts a server; port 0 picks a free one. It runs until the program exits.
    ///
    /// # Errors
    /// Returns an error if the port is in use.
    pub fn start(issuer: &Arc<Issuer>, port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port))?;
        let address = listener.local_addr()?;
        let state = Arc::new(State {
            issuer: Arc::clone(issuer),
            answer: Mutex::new(Answer::Keys),
            requests: AtomicUsize::new(0),
        });
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                std::thread::spawn(move || state.serve(stream));
            }
        });
        Ok(Self { address, state })
    }

    /// Sets the behaviour for all further requests.
    pub fn set(&self, answer: Answer) {
        *self.state.answer.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    }

    /// Returns the number of requests so far.
    pub fn requests(&self) -> usize {
        self.state.requests.load(Ordering::SeqCst)
    }
}

impl State {
    fn serve(&self, mut stream: TcpStream) {
        while read_head(&mut stream).is_ok() {
            self.requests.fetch_add(1, Ordering::SeqCst);
            let answer = self.answer.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if answer == Answer::Silence {
                // Blocks until the client closes the connection.
                let _ = stream.read(&mut [0; 1]);
                return;
            }
            let (bytes, stays_open) = respond(&answer, &self.issuer);
            if stream.write_all(&bytes).is_err() || !stays_open {
                return;
            }
        }
    }
}

/// Returns the bytes of the response (RFC 9112), and whether the connection stays open after it.
pub fn respond(answer: &Answer, issuer: &Issuer) -> (Vec<u8>, bool) {
    let with = |body: &[u8]| {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/jwk-set+json\r\n";
        [format!("{head}content-length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
    };
    match answer {
        Answer::Keys => (with(issuer.jwks().as_bytes()), true),
        Answer::Body(body) => (with(body), true),
        Answer::Status(status) => {
            (format!("HTTP/1.1 {status} Status\r\ncontent-length: 0\r\n\r\n").into_bytes(), true)
        }
        Answer::BreakOff => (b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"keys\"".to_vec(), false),
        Answer::Silence | Answer::Refusal => (Vec::new(), false),
    }
}

/// Reads the head of a request. Requests with a body are not supported.
fn read_head(stream: &mut TcpStream) -> io::Result<()> {
    let mut seen = Vec::new();
    let mut byte = [0];
    while !seen.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        seen.push(byte[0]);
    }
    Ok(())
}
