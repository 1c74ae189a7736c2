//! The search for tokens in cookies.
//!
//! Servers differ in how they cut the `cookie` header. Python strips blanks beyond ASCII around a name, and starts a cookie at a
//! blank; WebOb starts one at every byte that no name has (RFC 6265, section 4.1.1), which others allow in names; PHP reads
//! `session[]` and `.session` as `session` and `_session`; and some servers start a cookie at a comma.

use super::only_token::{OnlyToken, any};
use super::source::cookie;
use crate::decision::Reason;
use crate::fast_map::FastMap;
use crate::http::{Request, parameter_key, query_parameters};

/// The steps of reading a byte of the header, and a part of it between `;` and `=`.
const BYTE: usize = 4;
const PART: usize = 64;

/// The steps of looking for a cookie, and of asking a provider whether it is accepted.
const COOKIE: usize = 128;
const PROVIDER: usize = 1;

/// The cookies that contain tokens, with the indexes of the providers.
#[derive(Debug, Default)]
pub(super) struct CookieSearch {
    cookies: Vec<(Box<str>, Vec<usize>)>,
    /// The places of the cookies that some server reads under a name.
    by_key: FastMap<Box<str>, Vec<usize>>,
    /// Three times the bytes of the longest name, whose bytes may be escapes, and a byte before it.
    longest: usize,
}

impl CookieSearch {
    pub(super) fn add(&mut self, name: &str, provider_index: usize) {
        if let Some((_, providers)) = self.cookies.iter_mut().find(|(other, _)| **other == *name) {
            providers.push(provider_index);
            return;
        }
        let key = key(name.as_bytes());
        self.by_key.entry(key.into()).or_default().push(self.cookies.len());
        self.longest = self.longest.max(1 + name.len() * 3);
        self.cookies.push((name.into(), vec![provider_index]));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.cookies.is_empty()
    }

    /// Adds the tokens of the providers that are accepted.
    ///
    /// # Errors
    /// Returns the reason if there is more than one, or the search costs too much.
    pub(super) fn search(
        &self,
        is_accepted: &[bool],
        request: &Request<'_>,
        only: &mut OnlyToken,
    ) -> Result<(), Reason> {
        if self.is_empty() {
            return Ok(());
        }
        let lines: Vec<&[u8]> = request.headers.values("cookie").collect();
        // PHP joins lines: a name may start in one line and end in the next.
        let joined = if lines.len() > 1 { lines.join(&b", "[..]) } else { Vec::new() };
        let names = joined.split(|byte| *byte == b';').filter_map(|pair| Some(cookie(pair)?.0));
        for name in names.filter(|name| name.contains(&b',')) {
            request.budget.spend(1, COOKIE + name.len())?;
            only.has_unclear |= self.read_as(name).any(|(_, providers)| any(providers, is_accepted));
        }
        for value in lines {
            request.budget.spend(value.len(), BYTE)?;
            request.budget.spend(value.iter().filter(|byte| b";=".contains(byte)).count(), PART)?;
            for pair in value.split(|byte| *byte == b';') {
                let first = cookie(pair).map(|(_, value)| value);
                for (place, name) in self.names(pair).into_iter().enumerate() {
                    request.budget.spend(1, COOKIE + name.len())?;
                    for (own, providers) in self.read_as(name) {
                        request.budget.spend(providers.len(), PROVIDER)?;
                        if !any(providers, is_accepted) {
                            continue;
                        }
                        match first.filter(|_| place == 0 && name == own.as_bytes()) {
                            Some(value) => only.add(value, providers, is_accepted)?,
                            None => only.has_unclear = true,
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Returns the names that some server finds in a part of the header between semicolons: the text before the first `=`, and
    /// what is between a byte that no name has and a `=`.
    fn names<'p>(&self, pair: &'p [u8]) -> Vec<&'p [u8]> {
        let mut names: Vec<&[u8]> = cookie(pair).map(|(name, _)| name).into_iter().collect();
        let whole = names.first().copied().unwrap_or_default().as_ptr();
        for text in pair.split_inclusive(|byte| *byte == b'=').filter_map(|text| text.strip_suffix(b"=")) {
            let end = text.iter().rposition(is_in_names).map_or(0, |last| last + 1);
            let mut name = text.get(end.saturating_sub(self.longest)..end).unwrap_or_default();
            while let [before, rest @ ..] = name {
                name = rest;
                let is_start = !is_in_names(before) && rest.first().is_some_and(u8::is_ascii_graphic);
                if is_start && rest.as_ptr() != whole {
                    names.push(rest);
                }
            }
        }
        names
    }

    /// Returns the cookies that some server may find under this name.
    fn read_as(&self, name: &[u8]) -> impl Iterator<Item = &(Box<str>, Vec<usize>)> {
        let places = self.by_key.get(key(name).as_str());
        places.into_iter().flatten().filter_map(|place| self.cookies.get(*place))
    }
}

/// Returns the same text for all names that some server treats as one.
fn key(name: &[u8]) -> String {
    let start = name.iter().position(u8::is_ascii_graphic).unwrap_or(name.len());
    let end = name.iter().rposition(is_in_names).map_or(start, |last| last + 1);
    let name = name.get(start..end).unwrap_or_default();
    let decoded = query_parameters(name).next().map(|(name, _)| name).unwrap_or_default();
    let key = parameter_key(&decoded);
    let base = key.split(|byte| *byte == b'[').next().unwrap_or_default();
    String::from_utf8_lossy(base).into_owned()
}

/// Returns true for a byte that names of cookies have (RFC 6265, section 4.1.1).
fn is_in_names(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~')
}
