//! The authority of a request.

use crate::reason::Reason;
use std::net::{Ipv4Addr, Ipv6Addr};

/// A host in normalized form: lower case, without trailing dot; an IPv6 address in brackets and in its shortest form (RFC
/// 5952).
///
/// INVARIANT: only [`Authority::parse`] creates it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Host {
    text: String,
    is_ip: bool,
}

impl Host {
    /// Returns the host.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns true for an IP address, and for a host that ends in a number, as only addresses do (WHATWG URL, section 3.5).
    pub fn is_ip(&self) -> bool {
        self.is_ip
    }
}

/// The authority of a request: `host[:port]` (RFC 9110, section 7.2).
///
/// ```
/// # use policy::http::Authority;
/// let authority = Authority::parse(b"Shop.Example.COM.:8443").unwrap();
/// assert_eq!((authority.host.as_str(), authority.port), ("shop.example.com", Some(8443)));
/// assert!(Authority::parse(b"a.example.com,b.example.com").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// The host.
    pub host: Host,
    /// The port, if present.
    pub port: Option<u16>,
}

/// The maximum size of a host, in bytes (RFC 1035, section 2.3.4).
const MAX_HOST_BYTES: usize = 255;

impl Authority {
    /// Returns the authority as text, with the port if present.
    pub(crate) fn text(&self) -> String {
        let host = self.host.as_str();
        self.port.map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Parses an authority. Stricter than the RFCs: rejects ambiguous hosts.
    ///
    /// # Errors
    /// Returns the reason if it is malformed.
    pub fn parse(bytes: &[u8]) -> Result<Self, Reason> {
        if bytes.is_empty() {
            return Err(Reason::AUTHORITY_MISSING);
        }
        // Envoy joins two Host lines with a comma; userinfo looks like a host.
        if bytes.contains(&b',') {
            return Err(Reason::AUTHORITY_REPEATED);
        }
        if bytes.contains(&b'@') {
            return Err(Reason::AUTHORITY_USERINFO);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| Reason::AUTHORITY_CHARACTER)?;
        let (host, port) = split_port(text)?;
        if host.len() > MAX_HOST_BYTES {
            return Err(Reason::AUTHORITY_TOO_LONG);
        }
        let host = if host.starts_with('[') { ipv6(host)? } else { name(host)? };
        Ok(Self { host, port })
    }
}

fn split_port(text: &str) -> Result<(&str, Option<u16>), Reason> {
    let (host, port) = match text.rfind(']') {
        Some(end) if text.starts_with('[') => {
            let (host, rest) = text.split_at_checked(end + 1).ok_or(Reason::AUTHORITY_BRACKETS)?;
            match rest.strip_prefix(':') {
                None if rest.is_empty() => return Ok((host, None)),
                None => return Err(Reason::AUTHORITY_BRACKETS),
                Some(port) => (host, port),
            }
        }
        _ => match text.rsplit_once(':') {
            None => return Ok((text, None)),
            Some((host, _)) if host.contains(':') => return Err(Reason::AUTHORITY_BRACKETS),
            Some(parts) => parts,
        },
    };
    // `u16::from_str` alone would accept `+80`.
    let is_number = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let port = is_number.then(|| port.parse().ok()).flatten().ok_or(Reason::AUTHORITY_PORT)?;
    Ok((host, Some(port)))
}

fn ipv6(host: &str) -> Result<Host, Reason> {
    let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let address: Ipv6Addr = inner.and_then(|inner| inner.parse().ok()).ok_or(if host.contains('%') {
        Reason::AUTHORITY_CHARACTER
    } else {
        Reason::AUTHORITY_BRACKETS
    })?;
    Ok(Host { text: format!("[{address}]"), is_ip: true })
}

fn name(host: &str) -> Result<Host, Reason> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    if !host.bytes().all(is_allowed) {
        return Err(Reason::AUTHORITY_CHARACTER);
    }
    let host = host.strip_suffix('.').unwrap_or(host);
    if host.split('.').any(str::is_empty) {
        return Err(Reason::AUTHORITY_EMPTY_LABEL);
    }
    Ok(Host { text: host.to_ascii_lowercase(), is_ip: ends_in_number(host) })
}

fn ends_in_number(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    let hex = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
    host.parse::<Ipv4Addr>().is_ok()
        || last.bytes().all(|byte| byte.is_ascii_digit())
        || hex.is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::Authority;
    use crate::reason::Reason;
    use crate::test;

    #[test]
    fn a_host_is_normalized() {
        let table = [
            ("shop.example.com", "shop.example.com", None),
            ("SHOP.example.com.:443", "shop.example.com", Some(443)),
            ("localhost:0", "localhost", Some(0)),
            ("a_b.example:65535", "a_b.example", Some(65535)),
            ("10.0.0.1:80", "10.0.0.1", Some(80)),
            ("[0:0:0:0:0:0:0:1]:80", "[::1]", Some(80)),
            ("[2001:DB8::1]", "[2001:db8::1]", None),
        ];
        for (text, host, port) in table {
            let authority = Authority::parse(text.as_bytes()).unwrap();
            assert_eq!((authority.host.as_str(), authority.port), (host, port), "{text}");
        }
    }

    #[test]
    fn ambiguous_authorities_are_denied() {
        let long = "a".repeat(256);
        let table: [(&[u8], Reason); 27] = [
            (b"", Reason::AUTHORITY_MISSING),
            (b"a.com,b.com", Reason::AUTHORITY_REPEATED),
            (b"user@a.com", Reason::AUTHORITY_USERINFO),
            (b"a.com@b.com:80", Reason::AUTHORITY_USERINFO),
            (b" a.com", Reason::AUTHORITY_CHARACTER),
            (b"a.com ", Reason::AUTHORITY_CHARACTER),
            (b"a\tb", Reason::AUTHORITY_CHARACTER),
            (b"a\0b", Reason::AUTHORITY_CHARACTER),
            (b"a%2ecom", Reason::AUTHORITY_CHARACTER),
            (b"caf\xc3\xa9.com", Reason::AUTHORITY_CHARACTER),
            (b"\xff", Reason::AUTHORITY_CHARACTER),
            (b"a.com/x", Reason::AUTHORITY_CHARACTER),
            (b"a.com\\x", Reason::AUTHORITY_CHARACTER),
            (b"[fe80::1%25eth0]", Reason::AUTHORITY_CHARACTER),
            (b"a.com:", Reason::AUTHORITY_PORT),
            (b"a.com:80abc", Reason::AUTHORITY_PORT),
            (b"a.com:+80", Reason::AUTHORITY_PORT),
            (b"a.com:65536", Reason::AUTHORITY_PORT),
            (b"[::1]:x", Reason::AUTHORITY_PORT),
            (b"::1", Reason::AUTHORITY_BRACKETS),
            (b"[::1", Reason::AUTHORITY_BRACKETS),
            (b"[::1]x", Reason::AUTHORITY_BRACKETS),
            (b"[a.com]", Reason::AUTHORITY_BRACKETS),
            (b"a..com", Reason::AUTHORITY_EMPTY_LABEL),
            (b".a.com", Reason::AUTHORITY_EMPTY_LABEL),
            (b".", Reason::AUTHORITY_EMPTY_LABEL),
            (long.as_bytes(), Reason::AUTHORITY_TOO_LONG),
        ];
        for (bytes, error) in table {
            assert_eq!(Authority::parse(bytes), Err(error), "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn a_host_that_ends_in_a_number_is_an_address() {
        for (host, is_ip) in
            [("127.1", true), ("0x7f", true), ("2130706433", true), ("1.example", false), ("x0", false)]
        {
            assert_eq!(Authority::parse(host.as_bytes()).unwrap().host.is_ip(), is_ip, "{host}");
        }
    }
}
