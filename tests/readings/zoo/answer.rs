//! What a server answers.

use crate::site::PUBLIC;
use crate::world::has_marker;
use testkit::http::Response;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Denied content.
    Denied,
    /// The public files.
    Public,
    /// No content: the path that the server was asked for.
    Asked(Vec<u8>),
    /// Another response, such as an error or a redirect.
    Other(u16),
}

impl Answer {
    /// Reads a response.
    pub fn of(response: &Response) -> Self {
        if has_marker(response) {
            return Self::Denied;
        }
        if response.body.trim_ascii_end() == PUBLIC {
            return Self::Public;
        }
        match response.body.strip_prefix(b"asked: ") {
            Some(path) => Self::Asked(path.to_vec()),
            None => Self::Other(response.status),
        }
    }
}

/// Returns the paths that a reported path may stand for: with dot segments, and without them, before or after empty segments are
/// merged. Some servers report the path as they received it, with escapes of unreserved bytes.
pub fn resolved(path: &[u8]) -> [String; 3] {
    let path = decode_unreserved(path);
    let resolve = |merge: bool| {
        let mut segments: Vec<&str> = Vec::new();
        for segment in path.strip_prefix('/').unwrap_or(&path).split('/') {
            match segment {
                "." => {}
                ".." => drop(segments.pop()),
                "" if merge => {}
                other => segments.push(other),
            }
        }
        format!("/{}", segments.join("/"))
    };
    [path.clone(), resolve(false), resolve(true)]
}

/// Decodes the escapes of unreserved bytes (RFC 3986, section 6.2.2.2).
pub fn decode_unreserved(path: &[u8]) -> String {
    let text = String::from_utf8_lossy(path);
    let mut parts = text.split('%');
    let mut decoded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let byte = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()).map(char::from);
        match byte.filter(|byte| byte.is_ascii_alphanumeric() || "-._~".contains(*byte)) {
            Some(byte) => decoded.extend([byte].into_iter().chain(part.chars().skip(2))),
            None => decoded.extend(['%'].into_iter().chain(part.chars())),
        }
    }
    decoded
}
