//! The sources of tokens in a request.

use crate::http::{Headers, is_spelling, query_parameters, split, trim_blanks};
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

    /// Returns what a value with this many commas, and without blanks around it, contains.
    pub(super) fn find<'v>(&self, value: &'v [u8], commas: usize) -> Found<'v> {
        // Most tokens are alone.
        if let (0, Some(token)) = (commas, self.after_prefix(value)) {
            return Found::Token(token);
        }
        let mut tokens = self.tokens(value);
        let Some(token) = tokens.next() else {
            return if self.is_unclear(value) { Found::Unclear } else { Found::None };
        };
        let is_repeated = tokens.any(|rest| !rest.starts_with(b",") && !rest.is_empty());
        if is_repeated { Found::Repeated } else { Found::Token(token) }
    }

    /// Returns true if a value contains a token, or some servers may find one.
    fn is_in(&self, value: &[u8]) -> bool {
        // Most tokens are alone: a value that starts with the prefix is not searched.
        self.after_prefix(value.trim_ascii()).is_some()
            || self.tokens(value).next().is_some()
            || self.is_unclear(value)
    }

    /// Returns what follows each prefix, up to the end of the value. Envoy joins two lines of `authorization` with a comma, so
    /// that the prefix may follow a comma.
    fn tokens<'v>(&self, value: &'v [u8]) -> impl Iterator<Item = &'v [u8]> {
        let mut start = 0;
        split(value, true).filter_map(move |part| {
            let rest = value.get(start..).unwrap_or_default();
            start += part.len() + 1;
            self.after_prefix(part.trim_ascii())?;
            self.after_prefix(rest.trim_ascii())
        })
    }

    /// Returns the part of a value after the prefix. A prefix that ends in a space is an authentication scheme: case and
    /// further blanks are ignored (RFC 9110, section 11.4).
    fn after_prefix<'v>(&self, value: &'v [u8]) -> Option<&'v [u8]> {
        let (head, rest) = value.split_at_checked(self.prefix.len())?;
        let is_scheme = self.prefix.ends_with(' ');
        let is_same = if is_scheme {
            head.eq_ignore_ascii_case(self.prefix.as_bytes())
        } else {
            head == self.prefix.as_bytes()
        };
        is_same.then(|| if is_scheme { rest.trim_ascii_start() } else { rest })
    }

    /// Returns true if a value has the authentication scheme in another place, or with another separator, and something after
    /// it: some servers take the last word of a value, or the word after the scheme. Another prefix may follow a blank.
    fn is_unclear(&self, value: &[u8]) -> bool {
        let Some(scheme) = self.prefix.strip_suffix(' ') else {
            return split(value, true).any(|part| self.after_prefix(trim_blanks(part)).is_some());
        };
        let words = value.split(|byte| !byte.is_ascii_graphic() || b",;:=\"'".contains(byte));
        let mut words = words.filter(|word| !word.is_empty());
        words.any(|word| word.eq_ignore_ascii_case(scheme.as_bytes())) && words.next().is_some()
    }
}

/// What the value of a header contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found<'v> {
    /// No token.
    None,
    /// One token.
    Token(&'v [u8]),
    /// More than one token.
    Repeated,
    /// No token, but some servers may find one.
    Unclear,
}

/// Returns the name and the value of a cookie. Blanks around both are ignored (RFC 6265, section 5.2).
pub(super) fn cookie(pair: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = pair.iter().position(|byte| *byte == b'=')?;
    let (name, value) = pair.split_at_checked(at)?;
    Some((name.trim_ascii(), value.get(1..).unwrap_or_default().trim_ascii()))
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
    /// Removes the tokens from the headers.
    pub(super) fn remove(&self, headers: &mut Headers<'_>) {
        for source in &self.headers {
            let name = source.name.as_str();
            headers.retain_values(|found| is_spelling(found, name), |value| !source.is_in(value));
        }
        if !self.cookies.is_empty() {
            let is_token = |pair: &[u8]| cookie(pair).is_some_and(|(name, _)| is_one_of(name, &self.cookies));
            let is_cookie = |name: &[u8]| name.eq_ignore_ascii_case(b"cookie");
            headers.rewrite(is_cookie, |value| without_tokens(cookie_pairs(value), is_token, b"; "));
            headers.retain_values(is_cookie, |value| !value.is_empty());
        }
    }

    /// Returns the query without the tokens; `None` if it contains none.
    pub(super) fn without_tokens(&self, query: &[u8]) -> Option<Vec<u8>> {
        let is_token = |pair: &[u8]| {
            query_parameters(pair).next().is_some_and(|(name, _)| is_one_of(&name, &self.query))
        };
        without_tokens(query.split(|byte| *byte == b'&'), is_token, b"&")
    }
}

fn is_one_of(name: &[u8], names: &[String]) -> bool {
    names.iter().any(|own| own.as_bytes() == name)
}
