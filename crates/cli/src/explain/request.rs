//! Requests from text.

use super::connection::Connection;
use inspect::{HeaderLine, Request, parse_header, unescape};
use serde::Deserialize;

/// A request, and its text for the output.
#[derive(Debug)]
pub struct NamedRequest {
    /// The method and the URL.
    pub text: String,
    pub request: Request,
}

/// A request as the flags or an item of a list describe it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Entry {
    pub request: String,
    pub host: Option<String>,
    #[serde(default)]
    pub headers: Vec<String>,
    pub token: Option<String>,
    #[serde(default)]
    pub connection: Connection,
}

impl Entry {
    /// Returns the request.
    ///
    /// # Errors
    /// Returns why the text is invalid, or that the request has no host.
    pub fn request(&self) -> Result<Request, String> {
        let mut request = parse(&self.request, self.host.as_deref())?;
        for line in &self.headers {
            let (name, value) = parse_header(line)?;
            if self.host.is_some()
                && name.eq_ignore_ascii_case(b"host")
                && request.host.as_ref() != Some(&value)
            {
                return Err(two_hosts(self.host.as_deref(), line));
            }
            add_header(&mut request, (name, value));
        }
        if let Some(token) = &self.token {
            request.headers.push((b"authorization".to_vec(), format!("Bearer {token}").into_bytes()));
        }
        self.connection.apply(&mut request)?;
        if request.host.is_none() { Err(without_host(&self.request)) } else { Ok(request) }
    }
}

/// Parses a method and a URL or, if `host` is given, a method and a request target.
///
/// # Errors
/// Returns why the text is invalid.
pub fn parse(text: &str, host: Option<&str>) -> Result<Request, String> {
    let (method, url) = text.split_once(' ').unwrap_or((text, ""));
    // A path or a URL without a method.
    if method.is_empty() || method.contains('/') {
        return Err(format!("`{text}` has no method; write `GET https://shop.example.com/x`"));
    }
    let (scheme, authority, target) = match split_url(url) {
        // The target of a CONNECT is an authority (RFC 9112, section 3.2.3).
        (None, None, target) if method == "CONNECT" && !target.is_empty() && !target.starts_with('/') => {
            (None, Some(url), String::new())
        }
        parts => parts,
    };
    let in_url = authority.filter(|authority| !authority.is_empty());
    if let Some(other) = in_url.filter(|authority| host.is_some_and(|host| host != *authority)) {
        return Err(two_hosts(host, other));
    }
    let host = host.or(in_url).map(unescape).transpose()?;
    Ok(Request {
        method: unescape(method)?,
        target: (!target.is_empty()).then(|| unescape(&target)).transpose()?,
        host,
        tls: scheme.is_some_and(|scheme| matches!(scheme, "https" | "wss")),
        ..Request::default()
    })
}

/// Returns why a request has no host.
fn without_host(request: &str) -> String {
    let (method, url) = request.split_once(' ').unwrap_or((request, ""));
    let scheme = url.split_once("://").map(|(scheme, _)| scheme).filter(|scheme| !scheme.contains('/'));
    match scheme {
        Some(scheme) if SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme)) => {
            format!("`{request}` has no host; write `{method} {scheme}://shop.example.com/x`")
        }
        Some(scheme) => {
            format!("`{request}` has the scheme `{scheme}`; write `https`, `http`, `wss` or `ws`")
        }
        None if method == "CONNECT" => format!("`{request}` has no host; write `CONNECT a.example:443`"),
        None if url.is_empty() => {
            format!("`{request}` has no URL; write the method and the URL: `GET https://shop.example.com/x`")
        }
        None if url.starts_with('/') || url == "*" => {
            format!("`{request}` has no host; write the whole URL, or add the host: `--host`, `host`")
        }
        None => format!("`{request}` has no scheme; write `{method} https://{url}`"),
    }
}

/// Returns the error for a request with two hosts.
fn two_hosts(host: Option<&str>, other: &str) -> String {
    format!("the host `{}` and another one in `{other}`; remove one of the two", host.unwrap_or_default())
}

const SCHEMES: [&str; 4] = ["https", "http", "wss", "ws"];

/// Returns the scheme, the authority and the target of a URL. A library for URLs would rewrite the path.
fn split_url(url: &str) -> (Option<&str>, Option<&str>, String) {
    let found = SCHEMES.into_iter().find_map(|scheme| {
        let (head, rest) = url.split_at_checked(scheme.len())?;
        let rest = rest.strip_prefix("://")?;
        head.eq_ignore_ascii_case(scheme).then_some((scheme, rest))
    });
    let Some((scheme, rest)) = found else { return (None, None, url.to_owned()) };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, target) = rest.split_at_checked(end).unwrap_or((rest, ""));
    // A client sends `/` for a URL without a path.
    let slash = if target.starts_with('/') { "" } else { "/" };
    (Some(scheme), Some(authority), format!("{slash}{target}"))
}

/// Adds a header line. As in Envoy, `host` replaces the authority.
pub fn add_header(request: &mut Request, (name, value): HeaderLine) {
    if name.eq_ignore_ascii_case(b"host") {
        request.host = Some(value);
    } else {
        request.headers.push((name.to_ascii_lowercase(), value));
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn the_path_is_not_rewritten() {
        for (text, host, target, tls) in [
            ("GET https://a.example/x/../y%2f?z", "a.example", "/x/../y%2f?z", true),
            ("GET HTTP://a.example:80", "a.example:80", "/", false),
            ("GET http://a.example?x", "a.example", "/?x", false),
            (r"GET http://a.example\x00/\xff", "a.example\0", "/\u{fffd}", false),
            ("GET https://u@a.example/", "u@a.example", "/", true),
        ] {
            let request = parse(text, None).unwrap();
            let text = |bytes: Option<Vec<u8>>| String::from_utf8_lossy(&bytes.unwrap()).into_owned();
            assert_eq!(
                (text(request.host), text(request.target), request.tls),
                (host.into(), target.into(), tls)
            );
        }
        assert_eq!(parse("OPTIONS *", Some("a")).unwrap().target.unwrap(), b"*");
        assert_eq!(parse("CONNECT", Some("a:443")).unwrap().target, None);
        let connect = parse("CONNECT a:443", None).unwrap();
        assert_eq!((connect.host.unwrap(), connect.target), (b"a:443".to_vec(), None));
        assert_eq!(parse("GET /", Some("")).unwrap().host.unwrap(), b"");
        assert_eq!(parse("GET http://a/", Some("a")).unwrap().host.unwrap(), b"a");
        assert!(parse("GET http://a/", Some("b")).is_err());
        assert!(parse("CONNECT a:443", Some("b:443")).is_err());
        assert!(parse("", None).is_err());
    }
}
