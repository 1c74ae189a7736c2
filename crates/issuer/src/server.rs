//! The server that hands out the public keys.

use crate::Issuer;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What the server answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The public keys.
    Keys,
    /// This body, with 200.
    Body(Vec<u8>),
    /// This status, without a body.
    Status(u16),
    /// Headers, and the end of the connection before the body.
    BreakOff,
    /// Nothing: the connection stays open.
    Silence,
    /// Nothing: the connection is closed, as where nobody listens.
    Refusal,
}

/// A key server on loopback.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    issuer: Arc<Issuer>,
    answer: Mutex<Answer>,
    requests: AtomicUsize,
}

impl Server {
    /// Starts one; it runs until the program ends.
    ///
    /// # Errors
    /// Where the port is taken.
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

    /// Answers with this from now on.
    pub fn set(&self, answer: Answer) {
        *self.state.answer.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    }

    /// How many requests have come.
    pub fn requests(&self) -> usize {
        self.state.requests.load(Ordering::SeqCst)
    }
}

impl State {
    fn serve(&self, mut stream: TcpStream) {
        while read_head(&mut stream).is_ok() {
            self.requests.fetch_add(1, Ordering::SeqCst);
            let now = self.answer.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if now == Answer::Silence {
                // Until the other side has had enough.
                let _ = stream.read(&mut [0; 1]);
                return;
            }
            let (bytes, goes_on) = answer(&now, &self.issuer);
            if stream.write_all(&bytes).is_err() || !goes_on {
                return;
            }
        }
    }
}

/// The bytes of an answer (RFC 9112), and whether the connection stays open behind it.
pub fn answer(answer: &Answer, issuer: &Issuer) -> (Vec<u8>, bool) {
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

/// Reads a request up to its empty line; none of them has a body.
fn read_head(stream: &mut TcpStream) -> io::Result<()> {
    let mut seen = Vec::new();
    let mut byte = [0];
    while !seen.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        seen.push(byte[0]);
    }
    Ok(())
}
