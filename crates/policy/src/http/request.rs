//! A request.

use super::budget::Budget;
use super::{Authority, Headers, Normalize, PathLimits, RequestPath};
use crate::reason::Reason;
use serde_json::{Map, Value};
use std::cell::OnceCell;
use std::rc::Rc;

/// The options of `connection` that concern the connection itself.
const CONNECTION: [&str; 5] = ["upgrade", "keep-alive", "close", "te", "http2-settings"];

/// The connection of a request.
#[derive(Debug, Clone, Copy, Default)]
pub struct Connection<'a> {
    /// Whether the connection is TLS.
    pub tls: bool,
    /// The server name that the client sent (RFC 6066, section 3), if any.
    pub sni: Option<&'a [u8]>,
    /// The SHA-256 of the client certificate in hex, if any.
    pub certificate: Option<&'a [u8]>,
}

/// What a filter needs besides the headers. Each costs a call out of the VM.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Needs {
    /// Whether the connection is TLS.
    pub tls: bool,
    /// The server name of the connection.
    pub sni: bool,
    /// The digest of the client certificate.
    pub certificate: bool,
    /// The time.
    pub time: bool,
}

impl Needs {
    /// Returns the needs of both.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let Self { tls, sni, certificate, time } = other;
        Self {
            tls: self.tls || tls,
            sni: self.sni || sni,
            certificate: self.certificate || certificate,
            time: self.time || time,
        }
    }
}

/// A request, which passes the stages.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// The headers, with pseudo-headers.
    pub headers: Headers<'a>,
    /// The connection.
    pub connection: Connection<'a>,
    /// The time of the request, in seconds since 1970.
    pub now: u64,
    /// The claims of the token, after its validation.
    pub claims: Option<Rc<Map<String, Value>>>,
    method: &'a [u8],
    target: Option<&'a [u8]>,
    authority: Result<&'a [u8], Reason>,
    /// Whether there is a `connection` header, which Envoy keeps in an upgrade.
    has_connection: bool,
    path: Option<RequestPath<'a>>,
    /// The path as it was parsed first, and how.
    parsed: OnceCell<((Normalize, PathLimits), Result<RequestPath<'a>, Reason>)>,
    pub(crate) budget: Budget,
}

impl<'a> Request<'a> {
    /// Creates a request from the lines of its headers.
    ///
    /// # Errors
    /// Returns the reason if a pseudo-header is repeated, or the method, the authority or the path is missing.
    pub fn new(
        lines: impl Iterator<Item = (&'a [u8], &'a [u8])>,
        connection: Connection<'a>,
        now: u64,
    ) -> Result<Self, Reason> {
        let (mut method, mut target, mut authority, mut host) = (None, None, None, None);
        let (mut hosts, mut repeated, mut has_connection) = (0, false, false);
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
                name => {
                    has_connection |= is_connection(name);
                    None
                }
            };
            repeated |= seen.is_some();
        }));
        if repeated {
            return Err(Reason::PSEUDO_HEADER_REPEATED);
        }
        let method = method.filter(|method| !method.is_empty()).ok_or(Reason::METHOD_MISSING)?;
        // Envoy converts the Host line to the authority. If both are present, they may differ.
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
        Ok(Self {
            headers,
            connection,
            now,
            claims: None,
            method,
            target,
            authority,
            has_connection,
            path: None,
            parsed: OnceCell::new(),
            budget: Budget::new(),
        })
    }

    /// Returns the method.
    pub fn method(&self) -> &'a [u8] {
        self.method
    }

    /// Returns the original target; absent in a `CONNECT`.
    pub fn target(&self) -> Option<&'a [u8]> {
        self.target
    }

    /// Parses the authority.
    ///
    /// # Errors
    /// Returns the reason if it is malformed.
    pub fn authority(&self) -> Result<Authority, Reason> {
        self.authority.and_then(Authority::parse)
    }

    /// Forwards this authority, which was parsed from that of the request: servers, and the routes of Envoy, may take another
    /// spelling of a host for another host.
    pub(crate) fn forward_authority(&mut self, authority: &Authority) {
        let is_host = |name: &[u8]| name == b":authority" || name.eq_ignore_ascii_case(b"host");
        let forwarded = self.headers.lines().find(|(name, _)| is_host(name));
        let forwarded = forwarded.map(|(_, value)| value).unwrap_or_default();
        if authority.port.is_none() && forwarded == authority.host.as_str().as_bytes() {
            return;
        }
        let text = authority.text();
        if forwarded != text.as_bytes() {
            self.headers.set(":authority", text.as_bytes());
        }
    }

    /// Takes the names of other headers out of `connection`, which Envoy keeps in an upgrade: a proxy behind it removes the headers
    /// that are named there (RFC 9110, section 7.6.1), and so those of the policy.
    pub(crate) fn forward_connection(&mut self) {
        if !std::mem::take(&mut self.has_connection) {
            return;
        }
        let is_kept =
            |option: &&[u8]| CONNECTION.iter().any(|kept| option.eq_ignore_ascii_case(kept.as_bytes()));
        self.headers.rewrite(is_connection, |value| {
            let options = || value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
            let kept: Vec<&[u8]> = options().filter(is_kept).collect();
            (kept.len() < options().count()).then(|| kept.join(&b", "[..]))
        });
        self.headers.retain_values(is_connection, |value| !value.is_empty());
    }

    /// Returns the path that an earlier stage set, or parses it; absent in a `CONNECT` without a path.
    ///
    /// # Errors
    /// Returns the reason if it is malformed.
    pub fn path(
        &self,
        normalize: &Normalize,
        limits: &PathLimits,
    ) -> Result<Option<RequestPath<'a>>, Reason> {
        if let Some(path) = &self.path {
            return Ok(Some(path.clone()));
        }
        let Some(target) = self.target else { return Ok(None) };
        let parse = || RequestPath::parse(target, self.method, normalize, limits);
        let how = (*normalize, *limits);
        let (first, parsed) = self.parsed.get_or_init(|| (how, parse()));
        if *first == how { parsed.clone().map(Some) } else { parse().map(Some) }
    }

    /// Replaces the query that the upstream receives, if `without` returns a new one.
    pub fn remove_from_query(&mut self, without: impl Fn(&[u8]) -> Option<Vec<u8>>) {
        let target = self.headers.values(":path").next().unwrap_or_default().to_vec();
        let mut halves = target.splitn(2, |byte| *byte == b'?');
        if let (Some(path), Some(query)) = (halves.next(), halves.next().and_then(without)) {
            let target = if query.is_empty() { path.to_vec() } else { [path, b"?", &query].concat() };
            self.headers.set(":path", &target);
        }
    }

    /// Sets the path that the following stages match.
    pub fn set_path(&mut self, path: RequestPath<'a>) {
        self.path = Some(path);
    }

    /// Returns true for a gRPC request, by its content type, as Envoy does for local replies. Envoy joins the lines of
    /// `content-type`: `application/grpc, x` and `application/grpc;x` are not gRPC.
    pub fn is_grpc(&self) -> bool {
        let is_content_type = |(name, _): &(&[u8], &[u8])| name.eq_ignore_ascii_case(b"content-type");
        let mut lines = self.headers.lines().filter(is_content_type).map(|(_, value)| value);
        let rest = lines.next().and_then(|first| first.strip_prefix(b"application/grpc"));
        rest.is_some_and(|rest| rest.starts_with(b"+") || (rest.is_empty() && lines.next().is_none()))
    }
}

fn is_connection(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"connection")
}
