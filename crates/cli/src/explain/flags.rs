//! A request that flags describe.

use crate::exit::Failure;
use cases::{HeaderLine, Request, unescape};
use clap::Args;

/// A request.
#[derive(Debug, Args)]
pub struct Flags {
    /// Method and URL: `GET https://shop.example.com/x`. The path stays as it is written; `\xHH` stands for a byte. With
    /// --host, method and target.
    #[arg(long, value_name = "METHOD URL", required_unless_present_any = ["requests", "cases"])]
    request: Option<String>,
    /// A header line; more than one is more than one line.
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    headers: Vec<String>,
    /// A token, sent as `authorization: Bearer`; `@FILE` reads it from a file.
    #[arg(long)]
    token: Option<String>,
    /// The authority, in place of that of the URL.
    #[arg(long)]
    host: Option<String>,
    /// The connection is TLS, whatever the URL says.
    #[arg(long, conflicts_with = "plaintext")]
    tls: bool,
    /// The connection is not TLS, whatever the URL says.
    #[arg(long)]
    plaintext: bool,
    /// The server name of the connection; otherwise, with TLS, the host. An empty one is none.
    #[arg(long, conflicts_with = "plaintext")]
    sni: Option<String>,
    /// The SHA-256 of the client's certificate, in hex.
    #[arg(long, value_name = "HEX")]
    client_certificate: Option<String>,
}

impl Flags {
    /// The request.
    pub fn request(&self) -> Result<Request, Failure> {
        let text = self.request.as_deref().unwrap_or_default();
        let mut request = of_text(text, self.host.as_deref()).map_err(Failure::call)?;
        for line in &self.headers {
            add_header(&mut request, header(line)?);
        }
        if let Some(token) = &self.token {
            let value = format!("Bearer {}", read_token(token)?);
            request.headers.push((b"authorization".to_vec(), value.into_bytes()));
        }
        request.tls = (request.tls || self.tls || self.sni.is_some()) && !self.plaintext;
        request.sni = match &self.sni {
            Some(sni) => Some(sni.clone().into_bytes()).filter(|sni| !sni.is_empty()),
            None => default_sni(&request),
        };
        request.certificate = self.client_certificate.as_deref().map(digest).transpose()?;
        if request.host.is_none() {
            return Err(Failure::call(format_args!(
                "`{text}` has no host: write the whole URL, or add --host"
            )));
        }
        Ok(request)
    }
}

/// The request of a method and a URL or, where the host is told apart, of a method and a target.
pub fn of_text(text: &str, host: Option<&str>) -> Result<Request, String> {
    let (method, url) = text.split_once(' ').unwrap_or((text, ""));
    if method.is_empty() {
        return Err(format!("`{text}` is no request: write `GET https://shop.example.com/x`"));
    }
    let (scheme, authority, target) = split(url);
    let host = host.or(authority).map(unescape).transpose()?.filter(|host| !host.is_empty());
    Ok(Request {
        method: unescape(method)?,
        target: (!target.is_empty()).then(|| unescape(&target)).transpose()?,
        host,
        tls: scheme.is_some_and(|scheme| matches!(scheme, "https" | "wss")),
        ..Request::default()
    })
}

/// Scheme, authority and target of a URL. No library takes it apart: it would rewrite the path.
fn split(url: &str) -> (Option<&str>, Option<&str>, String) {
    let known = ["https", "http", "wss", "ws"];
    let found = known.into_iter().find_map(|scheme| {
        let (head, rest) = url.split_at_checked(scheme.len())?;
        let rest = rest.strip_prefix("://")?;
        head.eq_ignore_ascii_case(scheme).then_some((scheme, rest))
    });
    let Some((scheme, rest)) = found else { return (None, None, url.to_owned()) };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, target) = rest.split_at_checked(end).unwrap_or((rest, ""));
    // A client asks for `/` where the URL has no path.
    let slash = if target.starts_with('/') { "" } else { "/" };
    (Some(scheme), Some(authority), format!("{slash}{target}"))
}

/// The server name that a client asks for on its own: the host, unless it is an address (RFC 6066, section 3).
pub fn default_sni(request: &Request) -> Option<Vec<u8>> {
    let authority = policy::http::Authority::parse(request.host.as_deref()?).ok()?;
    (request.tls && !authority.host.is_ip()).then(|| authority.host.as_str().as_bytes().to_vec())
}

/// Adds a header line; `host` is the authority, as Envoy has it.
pub fn add_header(request: &mut Request, (name, value): HeaderLine) {
    if name.eq_ignore_ascii_case(b"host") {
        request.host = Some(value);
    } else {
        request.headers.push((name.to_ascii_lowercase(), value));
    }
}

/// A header line: `name: value`.
pub fn header(line: &str) -> Result<HeaderLine, Failure> {
    let (name, value) = header_text(line)?;
    Ok((unescape(&name).map_err(Failure::call)?, unescape(&value).map_err(Failure::call)?))
}

/// A header line, as text.
pub fn header_text(line: &str) -> Result<(String, String), Failure> {
    match line.split_once(':') {
        Some((name, value)) if !name.is_empty() => {
            Ok((name.to_owned(), value.strip_prefix(' ').unwrap_or(value).to_owned()))
        }
        _ => Err(Failure::call(format_args!("`{line}` is no header line: write `name: value`"))),
    }
}

fn read_token(token: &str) -> Result<String, Failure> {
    let Some(file) = token.strip_prefix('@') else { return Ok(token.to_owned()) };
    let read = std::fs::read_to_string(file);
    read.map(|text| text.trim().to_owned()).map_err(|error| Failure::call(format_args!("{file}: {error}")))
}

fn digest(hex: &str) -> Result<String, Failure> {
    let hex = hex.replace(':', "").to_ascii_lowercase();
    if hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(hex)
    } else {
        Err(Failure::call("--client-certificate: write the SHA-256 in hex, 64 digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::of_text;

    #[test]
    fn a_path_stays_as_it_is_written() {
        for (text, host, target, tls) in [
            ("GET https://a.example/x/../y%2f?z", "a.example", "/x/../y%2f?z", true),
            ("GET HTTP://a.example:80", "a.example:80", "/", false),
            ("GET http://a.example?x", "a.example", "/?x", false),
            (r"GET http://a.example\x00/\xff", "a.example\0", "/\u{fffd}", false),
            ("GET https://u@a.example/", "u@a.example", "/", true),
        ] {
            let request = of_text(text, None).unwrap();
            let text = |bytes: Option<Vec<u8>>| String::from_utf8_lossy(&bytes.unwrap()).into_owned();
            assert_eq!(
                (text(request.host), text(request.target), request.tls),
                (host.into(), target.into(), tls)
            );
        }
        assert_eq!(of_text("OPTIONS *", Some("a")).unwrap().target.unwrap(), b"*");
        assert_eq!(of_text("CONNECT", Some("a:443")).unwrap().target, None);
        assert!(of_text("", None).is_err());
    }
}
