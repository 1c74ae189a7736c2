//! An upstream that tells what reached it: the body of each response is the head of its request, byte for byte.

use anyhow::Result;
use cases::{SeenUpstream, UPSTREAM_RESPONSE};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

/// Starts the upstream on loopback; it runs until the program ends.
///
/// # Errors
/// Where the port is taken.
pub fn start(port: u16) -> Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || serve(stream));
        }
    });
    Ok(address)
}

/// Answers requests until the connection closes.
fn serve(mut stream: TcpStream) {
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
        let headers: String =
            UPSTREAM_RESPONSE.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        if head.starts_with(b"CONNECT ") {
            let _ = stream.write_all(format!("HTTP/1.1 200 OK\r\n{headers}\r\n").as_bytes());
            return;
        }
        let body: &[u8] = if head.starts_with(b"HEAD ") { b"" } else { &head };
        let answer = format!("HTTP/1.1 200 OK\r\n{headers}content-length: {}\r\n\r\n", head.len());
        if stream.write_all(&[answer.as_bytes(), body].concat()).is_err() {
            return;
        }
    }
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
