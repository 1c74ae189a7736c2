//! An upstream that echoes: the body of each response is the head of its request, byte for byte.

use crate::http::{Request, listen};
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
pub fn parse_echo(body: &[u8]) -> SeenUpstream {
    let request = Request::parse(body);
    let host = request.lines.iter().find(|(name, _)| name.eq_ignore_ascii_case(b"host"));
    SeenUpstream {
        authority: host.map(|(_, value)| value.clone()).unwrap_or_default(),
        target: request.target.unwrap_or_default(),
        headers: request.lines,
    }
}

#[cfg(test)]
mod tests {
    use super::parse_echo;

    #[test]
    fn an_echo_has_the_target_and_the_headers() {
        let seen = parse_echo(b"GET /a?b c HTTP/1.1\r\nhost: x:1\r\nempty:\r\n\r\n");
        assert_eq!((&*seen.authority, &*seen.target), (&b"x:1"[..], &b"/a?b c"[..]));
        let header = |name: &str, value: &str| (name.as_bytes().to_vec(), value.as_bytes().to_vec());
        assert_eq!(seen.headers, [header("host", "x:1"), header("empty", "")]);
        assert!(parse_echo(b"").target.is_empty());
    }
}
