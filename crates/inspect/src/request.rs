//! A request as bytes, with its connection.

use crate::unescape;
use policy::http::Connection;

/// The name and the value of a header line.
pub type HeaderLine = (Vec<u8>, Vec<u8>);

/// A request and its connection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Vec<u8>,
    /// The request target; `None` for a `CONNECT`.
    pub target: Option<Vec<u8>>,
    /// The authority.
    pub host: Option<Vec<u8>>,
    /// The header lines, without pseudo-headers.
    pub headers: Vec<HeaderLine>,
    /// True if the connection is TLS.
    pub tls: bool,
    /// The server name of the connection.
    pub sni: Option<Vec<u8>>,
    /// The SHA-256 of the client's certificate, in hex.
    pub certificate: Option<String>,
}

impl Request {
    /// Returns the header lines and pseudo-headers, as Envoy gives them to a filter.
    pub fn lines(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let pseudo: [(&[u8], Option<&[u8]>); 3] = [
            (b":method", Some(&self.method)),
            (b":path", self.target.as_deref()),
            (b":authority", self.host.as_deref()),
        ];
        let pseudo = pseudo.into_iter().filter_map(|(name, value)| value.map(|value| (name, value)));
        pseudo.chain(self.headers.iter().map(|(name, value)| (name.as_slice(), value.as_slice())))
    }

    /// Returns the connection, as a policy reads it.
    pub(crate) fn connection(&self) -> Connection<'_> {
        Connection {
            tls: self.tls,
            sni: self.sni.as_deref(),
            certificate: self.certificate.as_deref().map(str::as_bytes),
        }
    }
}

/// Parses a header line: `name: value`. `\xHH` is a byte.
///
/// # Errors
/// Returns why the line is invalid.
pub fn parse_header(line: &str) -> Result<HeaderLine, String> {
    let (name, value) = split_header(line)?;
    Ok((unescape(name)?, unescape(value)?))
}

/// Returns the name and the value of a header line, as text.
///
/// # Errors
/// Returns why the line is invalid.
pub fn split_header(line: &str) -> Result<(&str, &str), String> {
    match line.split_once(':') {
        Some((name, value)) if !name.is_empty() => Ok((name, value.strip_prefix(' ').unwrap_or(value))),
        _ => Err(format!("invalid header line `{line}`; write `name: value`")),
    }
}
