//! An upstream that echoes: the body of each response is the head of its request, byte for byte.

use anyhow::Result;
use cases::{SeenUpstream, UPSTREAM_RESPONSE};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

/// Starts the upstream on 127.0.0.1; port 0 picks a free one. It runs until the program exits.
///
/// # Errors
/// Returns an error if the port is in use.
pub fn start(port: u16) -> Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || serve(&listener, |head| echo(head, &[])));
    Ok(address)
}

/// Serves every connection of a listener. `respond` gets the head of a request and returns the bytes of the response; requests
/// with a body are not supported.
pub fn serve(listener: &TcpListener, respond: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static) {
    let respond = Arc::new(respond);
    for stream in listener.incoming().flatten() {
        let respond = Arc::clone(&respond);
        std::thread::spawn(move || serve_connection(stream, &*respond));
    }
}

/// Serves requests until the connection closes.
fn serve_connection(mut stream: TcpStream, respond: &dyn Fn(&[u8]) -> Vec<u8>) {
    let _ = stream.set_nodelay(true);
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
        // After `CONNECT` the connection is a tunnel, which this server does not implement.
        if stream.write_all(&respond(&head)).is_err() || head.starts_with(b"CONNECT ") {
            return;
        }
    }
}

/// Returns a response with the head of the request as its body, and `headers` in addition to [`UPSTREAM_RESPONSE`].
pub fn echo(head: &[u8], headers: &[(&str, &str)]) -> Vec<u8> {
    let headers: String =
        UPSTREAM_RESPONSE.iter().chain(headers).map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    if head.starts_with(b"CONNECT ") {
        return format!("HTTP/1.1 200 OK\r\n{headers}\r\n").into_bytes();
    }
    let body: &[u8] = if head.starts_with(b"HEAD ") { b"" } else { head };
    let status = format!("HTTP/1.1 200 OK\r\n{headers}content-length: {}\r\n\r\n", head.len());
    [status.as_bytes(), body].concat()
}

/// Reads the request that reached the upstream from the body of an [`echo`] response.
pub fn seen(body: &[u8]) -> SeenUpstream {
    let mut lines = body.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    let first = lines.next().unwrap_or_default();
    let start = first.iter().position(|byte| *byte == b' ').map_or(0, |at| at + 1);
    let end = first.iter().rposition(|byte| *byte == b' ').unwrap_or(start).max(start);
    let header = |line: &[u8]| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        Some((line[..colon].to_vec(), line[colon + 1..].trim_ascii().to_vec()))
    };
    SeenUpstream { target: first[start..end].to_vec(), headers: lines.filter_map(header).collect() }
}
