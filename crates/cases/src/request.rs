//! A request, as bytes.

use crate::bytes::unescape;
use crate::case::{Case, HeaderLine};

/// A request and its connection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Vec<u8>,
    /// The target; absent: none, as in a `CONNECT`.
    pub target: Option<Vec<u8>>,
    /// The authority; absent: none.
    pub host: Option<Vec<u8>>,
    /// Further header lines.
    pub headers: Vec<HeaderLine>,
    /// Whether the connection is TLS.
    pub tls: bool,
    /// Its server name.
    pub sni: Option<Vec<u8>>,
    /// The SHA-256 of the client's certificate, in hex.
    pub certificate: Option<String>,
}

impl Request {
    /// The lines of its headers with the pseudo-headers, as Envoy hands them to a filter.
    pub fn lines(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let pseudo: [(&[u8], Option<&[u8]>); 3] = [
            (b":method", Some(&self.method)),
            (b":path", self.target.as_deref()),
            (b":authority", self.host.as_deref()),
        ];
        let pseudo = pseudo.into_iter().filter_map(|(name, value)| value.map(|value| (name, value)));
        pseudo.chain(self.headers.iter().map(|(name, value)| (name.as_slice(), value.as_slice())))
    }
}

impl Case {
    /// The request of the case.
    ///
    /// # Errors
    /// A wrong escape, or a line without a colon.
    pub fn as_request(&self) -> Result<Request, String> {
        let host = unescape(&self.host)?;
        let connection = &self.connection;
        Ok(Request {
            method: self.method().as_bytes().to_vec(),
            target: self.target()?,
            host: (!host.is_empty()).then_some(host),
            headers: self.lines()?,
            tls: connection.tls,
            sni: connection.sni.as_ref().map(|sni| sni.as_bytes().to_vec()),
            certificate: connection.certificate.map(|certificate| certificate.digest().to_owned()),
        })
    }
}
