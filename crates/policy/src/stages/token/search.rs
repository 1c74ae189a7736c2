//! The search for the token of a request, once for all providers.

use super::provider_state::ProviderState;
use super::source::{Found, HeaderSource, cookie};
use crate::decision::Reason;
use crate::fast_map::FastMap;
use crate::http::{Request, Spellings, query_parameters};

/// The steps of the search for each byte of a header and each of its sources.
const HEADER_BYTE: usize = 2;

/// The steps of the search for each byte of cookies and of the query.
const PAIR_BYTE: usize = 8;

/// The sources of all providers. Each has the indexes of its providers.
#[derive(Debug)]
pub(super) struct TokenSearch {
    names: Spellings,
    /// The sources in each header of `names`.
    headers: Vec<Vec<(HeaderSource, Vec<usize>)>>,
    cookies: FastMap<Box<str>, Vec<usize>>,
    query: FastMap<Box<str>, Vec<usize>>,
}

/// The only token of a request.
#[derive(Debug, Default)]
pub(super) struct OnlyToken {
    /// The token, and for each provider, whether its sources contain it.
    pub(super) found: Option<(Vec<u8>, Vec<bool>)>,
    /// Whether some servers may find a token in a header that has none.
    pub(super) has_unclear: bool,
}

impl OnlyToken {
    /// Adds a token in a source of these providers, if any of them is accepted.
    ///
    /// # Errors
    /// Returns an error if it is another token, or one of them has it twice.
    fn add(&mut self, token: &[u8], providers: &[usize], is_accepted: &[bool]) -> Result<(), Reason> {
        for index in providers.iter().filter(|index| is_accepted.get(**index) == Some(&true)) {
            let new = || (token.to_vec(), vec![false; is_accepted.len()]);
            let (only, has_it) = self.found.get_or_insert_with(new);
            match has_it.get_mut(*index) {
                Some(has_it) if !*has_it && only == token => *has_it = true,
                _ => return Err(Reason::TOKEN_REPEATED),
            }
        }
        Ok(())
    }
}

impl TokenSearch {
    pub(super) fn new(providers: &[ProviderState]) -> Self {
        let (mut names, mut headers) = (Vec::new(), Vec::<Vec<(HeaderSource, Vec<usize>)>>::new());
        let (mut cookies, mut query) = (FastMap::default(), FastMap::default());
        for ProviderState { provider_index, provider, .. } in providers {
            for source in &provider.from.headers {
                let place = names.iter().position(|name| *name == source.name).unwrap_or_else(|| {
                    names.push(source.name.clone());
                    headers.push(Vec::new());
                    names.len() - 1
                });
                let Some(sources) = headers.get_mut(place) else { continue };
                match sources.iter_mut().find(|(other, _)| other.prefix == source.prefix) {
                    Some((_, of)) => of.push(*provider_index),
                    None => sources.push((source.clone(), vec![*provider_index])),
                }
            }
            add(&mut cookies, &provider.from.cookies, *provider_index);
            add(&mut query, &provider.from.query, *provider_index);
        }
        Self { names: Spellings::new(names.iter().map(|name| name.as_str())), headers, cookies, query }
    }

    /// Finds the only token of the request in the sources of the providers that are accepted.
    ///
    /// # Errors
    /// Returns the reason if there is more than one, or the search costs too much.
    pub(super) fn only_token(
        &self,
        is_accepted: &[bool],
        request: &Request<'_>,
        query: Option<&[u8]>,
    ) -> Result<OnlyToken, Reason> {
        let mut only = OnlyToken::default();
        self.search_headers(is_accepted, request, &mut only)?;
        if !self.cookies.is_empty() {
            for value in request.headers.values("cookie") {
                request.budget.spend(value.len(), PAIR_BYTE)?;
                for (name, value) in value.split(|byte| *byte == b';').filter_map(cookie) {
                    only.add(value, find(&self.cookies, name), is_accepted)?;
                }
            }
        }
        if let Some(query) = query.filter(|_| !self.query.is_empty()) {
            request.budget.spend(query.len(), PAIR_BYTE)?;
            for (name, value) in query_parameters(query) {
                only.add(&value, find(&self.query, &name), is_accepted)?;
            }
        }
        Ok(only)
    }

    fn search_headers(
        &self,
        is_accepted: &[bool],
        request: &Request<'_>,
        only: &mut OnlyToken,
    ) -> Result<(), Reason> {
        let mut values: Vec<Vec<&[u8]>> = vec![Vec::new(); self.headers.len()];
        for (name, value) in request.headers.lines() {
            for place in self.names.of(name) {
                values.get_mut(place).into_iter().for_each(|values| values.push(value.trim_ascii()));
            }
        }
        for (values, sources) in values.iter().zip(&self.headers).filter(|(values, _)| !values.is_empty()) {
            // Envoy joins the lines of `authorization`; other lines mean the same (RFC 9110, section 5.3).
            let value = values.join(&b","[..]);
            for (source, providers) in sources {
                if !providers.iter().any(|index| is_accepted.get(*index) == Some(&true)) {
                    continue;
                }
                request.budget.spend(value.len(), HEADER_BYTE)?;
                match source.find(&value) {
                    Found::None => {}
                    Found::Token(token) => only.add(token, providers, is_accepted)?,
                    Found::Unclear => only.has_unclear = true,
                    Found::Repeated => return Err(Reason::TOKEN_REPEATED),
                }
            }
        }
        Ok(())
    }
}

fn add(sources: &mut FastMap<Box<str>, Vec<usize>>, names: &[String], provider_index: usize) {
    for name in names {
        sources.entry(name.as_str().into()).or_default().push(provider_index);
    }
}

/// Returns the providers that have a source of this name.
fn find<'s>(sources: &'s FastMap<Box<str>, Vec<usize>>, name: &[u8]) -> &'s [usize] {
    let name = std::str::from_utf8(name).unwrap_or_default();
    sources.get(name).map(Vec::as_slice).unwrap_or_default()
}
