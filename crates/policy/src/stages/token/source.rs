//! Where tokens are in a request.

use crate::document::{Document, Fields, Node, Problems};
use crate::http::{Headers, query_parameters, split};
use crate::vocabulary::HeaderName;

document! {
    /// Where tokens are; each place is looked at.
    pub struct Sources {
        /// Headers, with what stands before the token.
        "headers" headers: Vec<HeaderSource> = vec![HeaderSource::bearer()],
        /// Cookies, by name.
        "cookies" cookies: Vec<String> = Vec::new(),
        /// Query parameters, by name.
        "query" query: Vec<String> = Vec::new(),
    }
}

impl Default for Sources {
    fn default() -> Self {
        Self { headers: vec![HeaderSource::bearer()], cookies: Vec::new(), query: Vec::new() }
    }
}

/// A header that holds a token.
#[derive(Debug, Clone)]
pub struct HeaderSource {
    name: String,
    prefix: String,
}

impl HeaderSource {
    /// RFC 6750, section 2.1.
    fn bearer() -> Self {
        Self { name: "authorization".to_owned(), prefix: "Bearer ".to_owned() }
    }

    /// Its name, and what stands before the token.
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn parts(&self) -> (&str, &str) {
        (&self.name, &self.prefix)
    }

    /// The token in a value. A prefix that ends in a space is an authentication scheme: compared without case, blanks
    /// after it skipped (RFC 9110, section 11.4).
    fn token<'v>(&self, value: &'v [u8]) -> Option<&'v [u8]> {
        let (head, rest) = value.split_at_checked(self.prefix.len())?;
        let scheme = self.prefix.ends_with(' ');
        let same = if scheme {
            head.eq_ignore_ascii_case(self.prefix.as_bytes())
        } else {
            head == self.prefix.as_bytes()
        };
        same.then(|| if scheme { rest.trim_ascii_start() } else { rest })
    }
}

impl Document for HeaderSource {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let fields = Fields::of(node, &["name", "prefix"], problems)?;
        let name = fields.required::<HeaderName>("name", problems);
        let prefix = fields.optional::<String>("prefix", problems);
        Some(Self { name: name?.as_str().to_owned(), prefix: prefix?.unwrap_or_default() })
    }
}

/// The value of a cookie, if the pair is one of this name. Servers cut the blanks around both (RFC 6265, section 5.2).
fn cookie<'p>(pair: &'p [u8], name: &str) -> Option<&'p [u8]> {
    let at = pair.iter().position(|byte| *byte == b'=')?;
    let (found, value) = pair.split_at_checked(at)?;
    (found.trim_ascii() == name.as_bytes()).then(|| value.get(1..).unwrap_or_default().trim_ascii())
}

impl Sources {
    /// Every token, however often it stands there.
    pub(super) fn tokens(&self, headers: &Headers<'_>, query: Option<&[u8]>) -> Vec<Vec<u8>> {
        let mut found: Vec<Vec<u8>> = Vec::new();
        for source in &self.headers {
            for value in headers.values(&source.name) {
                // Envoy joins two lines of `authorization` with a comma, which no token holds.
                let parts = split(value, true).map(<[u8]>::trim_ascii);
                found.extend(parts.filter_map(|part| source.token(part)).map(<[u8]>::to_vec));
            }
        }
        for name in &self.cookies {
            for value in headers.values("cookie") {
                let pairs = value.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
                found.extend(pairs.filter_map(|pair| cookie(pair, name)).map(<[u8]>::to_vec));
            }
        }
        let parameters = query_parameters(query.unwrap_or_default());
        found.extend(
            parameters
                .filter(|(name, _)| self.query.iter().any(|other| other.as_bytes() == &**name))
                .map(|(_, value)| value.into_owned()),
        );
        found
    }

    /// Takes the tokens off the headers; those of the query are the caller's.
    pub(super) fn remove(&self, headers: &mut Headers<'_>) {
        for source in &self.headers {
            headers.retain_values(&source.name, |value| {
                !split(value, true).any(|part| source.token(part.trim_ascii()).is_some())
            });
        }
        if !self.cookies.is_empty() {
            headers.rewrite("cookie", |value| {
                let pairs = value.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
                let is_token = |pair: &[u8]| self.cookies.iter().any(|name| cookie(pair, name).is_some());
                let kept: Vec<&[u8]> = pairs.clone().filter(|pair| !is_token(pair)).collect();
                (kept.len() != pairs.count()).then(|| kept.join(&b"; "[..]))
            });
            headers.retain_values("cookie", |value| !value.is_empty());
        }
    }

    /// The query without the tokens; nothing where it has none.
    pub(super) fn without_tokens(&self, query: &[u8]) -> Option<Vec<u8>> {
        let is_token = |pair: &[u8]| {
            query_parameters(pair)
                .next()
                .is_some_and(|(name, _)| self.query.iter().any(|other| other.as_bytes() == &*name))
        };
        let pairs = query.split(|byte| *byte == b'&');
        let kept: Vec<&[u8]> = pairs.clone().filter(|pair| !is_token(pair)).collect();
        (kept.len() != pairs.count()).then(|| kept.join(&b"&"[..]))
    }
}
