//! An upstream that tells what reached it: the body of each response is the head of its request, byte for byte.

use anyhow::Result;
use cases::{SeenUpstream, UPSTREAM_RESPONSE};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

/// Starts the upstream on loopback; it runs until the program ends.
///
/// # Errors
/// Where the port is taken.
pub fn start(port: u16) -> Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || serve(&listener, |head| echo(head, &[])));
    Ok(address)
}

/// Answers requests, none of which has a body, with the bytes that `answer` makes of their heads.
pub fn serve(listener: &TcpListener, answer: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static) {
    let answer = Arc::new(answer);
    for stream in listener.incoming().flatten() {
        let answer = Arc::clone(&answer);
        std::thread::spawn(move || talk(stream, &*answer));
    }
}

/// Answers requests until the connection closes.
fn talk(mut stream: TcpStream, answer: &dyn Fn(&[u8]) -> Vec<u8>) {
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
        // Behind a `CONNECT` the connection is a tunnel, and this is no tunnel's end.
        if stream.write_all(&answer(&head)).is_err() || head.starts_with(b"CONNECT ") {
            return;
        }
    }
}

/// The response that tells the head of its request, with these headers besides those of every upstream here.
pub fn echo(head: &[u8], further: &[(&str, &str)]) -> Vec<u8> {
    let headers: String =
        UPSTREAM_RESPONSE.iter().chain(further).map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    if head.starts_with(b"CONNECT ") {
        return format!("HTTP/1.1 200 OK\r\n{headers}\r\n").into_bytes();
    }
    let body: &[u8] = if head.starts_with(b"HEAD ") { b"" } else { head };
    let answer = format!("HTTP/1.1 200 OK\r\n{headers}content-length: {}\r\n\r\n", head.len());
    [answer.as_bytes(), body].concat()
}

/// What the body of a response says of the request.
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
