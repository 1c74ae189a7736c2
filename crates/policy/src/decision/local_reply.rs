//! Local replies.

use crate::vocabulary::DenyResponse;

/// A response that the filter sends in place of the upstream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalReply {
    /// The HTTP status; for gRPC the status that `grpc` is mapped from.
    pub status: u16,
    /// The `grpc-status`, for a gRPC request: the client receives HTTP 200, and `body` as `grpc-message`.
    pub grpc: Option<u8>,
    /// The headers, without `content-length`.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
}

impl LocalReply {
    /// Creates a denial with this status and the policy's response.
    pub fn denied(status: u16, response: Option<&DenyResponse>, is_grpc: bool) -> Self {
        let custom = response.and_then(|response| response.body.as_ref());
        let title = title(status);
        let mut headers = Vec::new();
        let body = match custom {
            Some(body) => body.clone(),
            None if is_grpc => title.to_owned(),
            None => format!("{{\"title\":\"{title}\",\"status\":{status}}}"),
        };
        if !is_grpc {
            let given =
                response.and_then(|response| response.content_type.as_ref()).map(|text| text.0.as_str());
            let default = if custom.is_some() { "text/plain" } else { "application/problem+json" };
            headers.push(("content-type".to_owned(), given.unwrap_or(default).as_bytes().to_vec()));
        }
        let more = response.map(|response| response.headers.as_slice()).unwrap_or_default();
        headers.extend(more.iter().map(|h| (h.0.name.as_str().to_owned(), h.0.value.0.as_bytes().to_vec())));
        Self { status, grpc: is_grpc.then(|| grpc_status(status)), headers, body: body.into_bytes() }
    }

    /// Creates a redirect to `location`.
    pub fn redirect(status: u16, location: Vec<u8>, is_grpc: bool) -> Self {
        let headers = vec![("location".to_owned(), location)];
        Self { status, grpc: is_grpc.then(|| grpc_status(status)), headers, body: Vec::new() }
    }

    /// Adds a header.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Returns the status that the client sees.
    pub fn seen_status(&self) -> u16 {
        if self.grpc.is_some() { 200 } else { self.status }
    }
}

/// Maps an HTTP status to a gRPC status, as the gRPC project does in `doc/http-grpc-status-mapping.md` and Envoy in its
/// local replies.
fn grpc_status(status: u16) -> u8 {
    match status {
        400 => 13,
        401 => 16,
        403 => 7,
        404 => 12,
        429 | 502 | 503 | 504 => 14,
        _ => 2,
    }
}

/// Returns the reason phrase of a status (RFC 9110, section 15; RFC 6585).
pub fn title(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        414 => "URI Too Long",
        421 => "Misdirected Request",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Refused",
    }
}
