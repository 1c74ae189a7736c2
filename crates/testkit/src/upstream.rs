//! An upstream that echoes: the body of each response is the head of its request, byte for byte.

use crate::http::listen;
use cases::{SeenUpstream, UPSTREAM_RESPONSE};
use std::io;
use std::net::SocketAddr;

/// Starts the upstream on 127.0.0.1; port 0 picks a free one. It runs until the program exits.
pub fn start(port: u16) -> io::Result<SocketAddr> {
    listen(port, |head| echo(head, &[]))
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
