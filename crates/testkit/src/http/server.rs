//! Servers on 127.0.0.1 for requests without a body.

use super::connection::Stream;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

/// The bytes of a response.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The bytes, which need not be a valid response.
    pub bytes: Vec<u8>,
    /// Whether the connection closes after them.
    pub close: bool,
}

impl From<Vec<u8>> for Reply {
    fn from(bytes: Vec<u8>) -> Self {
        Self { bytes, close: false }
    }
}

/// Returns the bytes of a response (RFC 9112).
pub fn response(status: u16, headers: &[(&str, &[u8])], body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {status} -\r\ncontent-length: {}\r\n", body.len()).into_bytes();
    for (name, value) in headers {
        bytes.extend_from_slice(&[name.as_bytes(), b": ", value, b"\r\n"].concat());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}

/// Starts a server, which runs until the program exits; port 0 picks a free one. `respond` gets the heads of requests.
pub fn listen<R: Into<Reply> + 'static>(
    port: u16,
    respond: impl Fn(&[u8]) -> R + Send + Sync + 'static,
) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || serve(&listener, respond));
    Ok(address)
}

/// Serves every connection of a listener.
pub fn serve<R: Into<Reply> + 'static>(
    listener: &TcpListener,
    respond: impl Fn(&[u8]) -> R + Send + Sync + 'static,
) {
    accept(listener, move |mut stream| {
        let _ = stream.set_nodelay(true);
        serve_connection(&mut stream, &respond);
    });
}

/// Handles every connection of a listener in a thread of its own.
pub fn accept(listener: &TcpListener, handle: impl Fn(TcpStream) + Send + Sync + 'static) {
    let handle = Arc::new(handle);
    for stream in listener.incoming().flatten() {
        let handle = Arc::clone(&handle);
        std::thread::spawn(move || handle(stream));
    }
}

/// Serves requests until the connection closes.
pub fn serve_connection<R: Into<Reply>>(stream: &mut dyn Stream, respond: &dyn Fn(&[u8]) -> R) {
    let mut bytes = Vec::new();
    loop {
        let head = loop {
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                break bytes.drain(..end + 4).collect::<Vec<_>>();
            }
            let mut chunk = [0; 65_536];
            match stream.read(&mut chunk) {
                Ok(0) | Err(_) => return,
                Ok(read) => bytes.extend_from_slice(&chunk[..read]),
            }
        };
        let reply: Reply = respond(&head).into();
        // After `CONNECT` the connection is a tunnel, which this server does not implement.
        let close = reply.close || head.starts_with(b"CONNECT ");
        if stream.write_all(&reply.bytes).is_err() || close {
            return;
        }
    }
}
