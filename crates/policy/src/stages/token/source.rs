//! The sources of tokens in a request.

use crate::http::{Headers, is_spelling, query_parameters, split};
use crate::vocabulary::HeaderName;

document! {
    /// The sources of tokens; all of them are searched.
    pub struct Sources: Default {
        /// Headers, with the text before the token.
        "headers" headers: Vec<HeaderSource> = vec![HeaderSource::bearer()],
        /// Cookies, by name.
        "cookies" cookies: Vec<String> = Vec::new(),
        /// Query parameters, by name.
        "query" query: Vec<String> = Vec::new(),
    }
}

document! {
    /// A header that contains a token.
    pub struct HeaderSource {
        /// The header.
        "name" name: HeaderName,
        /// The text before the token; with a final space it is an authentication scheme, compared without case.
        "prefix" prefix: String = String::new(),
    }
}

impl HeaderSource {
    /// Returns the source of bearer tokens (RFC 6750, section 2.1).
    fn bearer() -> Self {
        Self { name: HeaderName::authorization(), prefix: "Bearer ".to_owned() }
    }

    /// Returns the token in a value. A prefix that ends in a space is an authentication scheme: case and further blanks are
    /// ignored (RFC 9110, section 11.4).
    fn token<'v>(&self, value: &'v [u8]) -> Option<&'v [u8]> {
        let (head, rest) = value.split_at_checked(self.prefix.len())?;
        let is_scheme = self.prefix.ends_with(' ');
        let is_same = if is_scheme {
            head.eq_ignore_ascii_case(self.prefix.as_bytes())
        } else {
            head == self.prefix.as_bytes()
        };
        is_same.then(|| if is_scheme { rest.trim_ascii_start() } else { rest })
    }
}

/// Returns the value of a cookie, if the pair has this name. Blanks around both are ignored (RFC 6265, section 5.2).
fn cookie<'p>(pair: &'p [u8], name: &str) -> Option<&'p [u8]> {
    let at = pair.iter().position(|byte| *byte == b'=')?;
    let (found, value) = pair.split_at_checked(at)?;
    (found.trim_ascii() == name.as_bytes()).then(|| value.get(1..).unwrap_or_default().trim_ascii())
}

fn cookie_pairs(value: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    value.split(|byte| *byte == b';').map(<[u8]>::trim_ascii)
}

/// Joins the pairs that are not tokens; returns `None` if none is a token.
fn without_tokens<'p>(
    pairs: impl Iterator<Item = &'p [u8]> + Clone,
    is_token: impl Fn(&[u8]) -> bool,
    separator: &[u8],
) -> Option<Vec<u8>> {
    let kept: Vec<&[u8]> = pairs.clone().filter(|pair| !is_token(pair)).collect();
    (kept.len() != pairs.count()).then(|| kept.join(separator))
}

impl Sources {
    /// Returns every token, with repetitions.
    pub(super) fn tokens(&self, headers: &Headers<'_>, query: Option<&[u8]>) -> Vec<Vec<u8>> {
        let mut found: Vec<Vec<u8>> = Vec::new();
        for source in &self.headers {
            for value in headers.values(source.name.as_str()) {
                // Envoy joins two lines of `authorization` with a comma, which no token contains.
                let parts = split(value, true).map(<[u8]>::trim_ascii);
                found.extend(parts.filter_map(|part| source.token(part)).map(<[u8]>::to_vec));
            }
        }
        for name in &self.cookies {
            for value in headers.values("cookie") {
                found.extend(cookie_pairs(value).filter_map(|pair| cookie(pair, name)).map(<[u8]>::to_vec));
            }
        }
        let parameters =
            query_parameters(query.unwrap_or_default()).filter(|(name, _)| self.has_parameter(name));
        found.extend(parameters.map(|(_, value)| value.into_owned()));
        found
    }

    /// Removes the tokens from the headers.
    pub(super) fn remove(&self, headers: &mut Headers<'_>) {
        for source in &self.headers {
            headers.retain_values(source.name.as_str(), |value| {
                !split(value, true).any(|part| source.token(part.trim_ascii()).is_some())
            });
        }
        if !self.cookies.is_empty() {
            let is_token = |pair: &[u8]| self.cookies.iter().any(|name| cookie(pair, name).is_some());
            let is_cookie = |name: &[u8]| name.eq_ignore_ascii_case(b"cookie");
            headers.rewrite(is_cookie, |value| without_tokens(cookie_pairs(value), is_token, b"; "));
            headers.retain_values("cookie", |value| !value.is_empty());
        }
    }

    /// Returns the query without the tokens; `None` if it contains none.
    pub(super) fn without_tokens(&self, query: &[u8]) -> Option<Vec<u8>> {
        let is_token =
            |pair: &[u8]| query_parameters(pair).next().is_some_and(|(name, _)| self.has_parameter(&name));
        without_tokens(query.split(|byte| *byte == b'&'), is_token, b"&")
    }

    /// Returns true if a server may read the header `name` as one that contains tokens.
    pub(super) fn reads(&self, name: &[u8]) -> bool {
        let has_cookies = !self.cookies.is_empty();
        self.headers.iter().any(|source| is_spelling(name, source.name.as_str()))
            || has_cookies && name.eq_ignore_ascii_case(b"cookie")
    }

    fn has_parameter(&self, name: &[u8]) -> bool {
        self.query.iter().any(|own| own.as_bytes() == name)
    }
}
