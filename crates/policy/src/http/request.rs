//! A request.

use super::{Authority, Headers, Normalize, PathLimits, RequestPath};
use crate::reason::Reason;
use serde_json::{Map, Value};
use std::rc::Rc;

/// What a policy asks of the connection.
#[derive(Debug, Clone, Copy, Default)]
pub struct Connection<'a> {
    /// Whether it is TLS.
    pub tls: bool,
    /// The server name that the client asked for (RFC 6066, section 3), where there is one.
    pub sni: Option<&'a [u8]>,
    /// The SHA-256 of the client's certificate, in hex, where it has one.
    pub certificate: Option<&'a [u8]>,
}

/// A request on its way through the stages.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// Its headers, with the pseudo-headers.
    pub headers: Headers<'a>,
    /// Its connection.
    pub connection: Connection<'a>,
    /// When it came, in seconds since 1970.
    pub now: u64,
    /// The claims of its token, once it is validated.
    pub claims: Option<Rc<Map<String, Value>>>,
    method: &'a [u8],
    target: Option<&'a [u8]>,
    authority: Result<&'a [u8], Reason>,
    path: Option<RequestPath<'a>>,
}

impl<'a> Request<'a> {
    /// The request whose headers have these lines.
    ///
    /// # Errors
    /// The reason, where a pseudo-header stands twice, or there is no method, no authority or no path.
    pub fn new(
        lines: impl Iterator<Item = (&'a [u8], &'a [u8])>,
        connection: Connection<'a>,
        now: u64,
    ) -> Result<Self, Reason> {
        let (mut method, mut target, mut authority, mut host) = (None, None, None, None);
        let (mut hosts, mut repeated) = (0, false);
        let headers = Headers::new(lines.inspect(|(name, value)| {
            let seen = match *name {
                b":method" => method.replace(*value),
                b":path" => target.replace(*value),
                b":authority" => authority.replace(*value),
                name if name.eq_ignore_ascii_case(b"host") => {
                    hosts += 1;
                    host = Some(*value);
                    None
                }
                _ => None,
            };
            repeated |= seen.is_some();
        }));
        if repeated {
            return Err(Reason::PSEUDO_HEADER_REPEATED);
        }
        let method = method.filter(|method| !method.is_empty()).ok_or(Reason::METHOD_MISSING)?;
        // Envoy makes the authority of the Host line; where both are left, they could be two.
        let authority = match (authority, host) {
            (Some(_), Some(_)) => Err(Reason::AUTHORITY_REPEATED),
            _ if hosts > 1 => Err(Reason::AUTHORITY_REPEATED),
            (authority, host) => Ok(authority.or(host).unwrap_or_default()),
        };
        if authority == Ok(b"") {
            return Err(Reason::AUTHORITY_MISSING);
        }
        if target.is_none() && method != b"CONNECT" {
            return Err(Reason::PATH_MISSING);
        }
        Ok(Self { headers, connection, now, claims: None, method, target, authority, path: None })
    }

    /// The method.
    pub fn method(&self) -> &'a [u8] {
        self.method
    }

    /// The target as it came; absent in a `CONNECT`.
    pub fn target(&self) -> Option<&'a [u8]> {
        self.target
    }

    /// The authority.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn authority(&self) -> Result<Authority, Reason> {
        self.authority.and_then(Authority::parse)
    }

    /// The path, as the stage before left it or read now; absent in a `CONNECT` without one.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn path(
        &self,
        normalize: &Normalize,
        limits: &PathLimits,
    ) -> Result<Option<RequestPath<'a>>, Reason> {
        if let Some(path) = &self.path {
            return Ok(Some(path.clone()));
        }
        match self.target {
            Some(target) => RequestPath::parse(target, self.method, normalize, limits).map(Some),
            None => Ok(None),
        }
    }

    /// Replaces the query that the upstream gets, where there is another for it.
    pub fn remove_from_query(&mut self, without: impl Fn(&[u8]) -> Option<Vec<u8>>) {
        let target = self.headers.values(":path").next().unwrap_or_default().to_vec();
        let mut halves = target.splitn(2, |byte| *byte == b'?');
        if let (Some(path), Some(query)) = (halves.next(), halves.next().and_then(without)) {
            let target = if query.is_empty() { path.to_vec() } else { [path, b"?", &query].concat() };
            self.headers.set(":path", &target);
        }
    }

    /// Leaves the path to the stages behind.
    pub fn leave_path(&mut self, path: RequestPath<'a>) {
        self.path = Some(path);
    }

    /// Whether the client speaks gRPC: by the content type, as Envoy decides it for its local replies.
    pub fn is_grpc(&self) -> bool {
        let content_type = self.headers.values("content-type").next().unwrap_or_default();
        let rest = content_type.strip_prefix(b"application/grpc");
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"+"))
    }
}
