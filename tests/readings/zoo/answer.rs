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

/// Returns the paths that a reported path may stand for: with dot segments resolved, before or after empty segments are merged.
pub fn resolved(path: &[u8]) -> [String; 2] {
    let path = String::from_utf8_lossy(path).into_owned();
    [false, true].map(|merge| {
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
    })
}
