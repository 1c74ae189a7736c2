//! The search for the token of a request, once for all providers.

use super::cookies::CookieSearch;
use super::only_token::{OnlyToken, any};
use super::provider_state::ProviderState;
use super::source::{Found, HeaderSource};
use crate::decision::Reason;
use crate::http::{HeaderIndex, Query, Request, comma_count};
use crate::vocabulary::ParameterName;

/// The steps of the search for each byte of a header, and for each of its parts between commas, for each source.
const HEADER_BYTE: usize = 4;
const HEADER_PART: usize = 24;

/// The sources of all providers. Each has the indexes of its providers.
#[derive(Debug)]
pub(super) struct TokenSearch {
    names: HeaderIndex,
    /// The sources in each header of `names`.
    headers: Vec<Vec<(HeaderSource, Vec<usize>)>>,
    cookies: CookieSearch,
    query: Vec<(ParameterName, Vec<usize>)>,
}

impl TokenSearch {
    pub(super) fn new(providers: &[ProviderState]) -> Self {
        let (mut names, mut headers) =
            (HeaderIndex::default(), Vec::<Vec<(HeaderSource, Vec<usize>)>>::new());
        let (mut cookies, mut query) = (CookieSearch::default(), Vec::<(ParameterName, Vec<usize>)>::new());
        for ProviderState { provider_index, provider, .. } in providers {
            for source in &provider.from.headers {
                let place = names.add(source.name.as_str());
                if place == headers.len() {
                    headers.push(Vec::new());
                }
                let Some(sources) = headers.get_mut(place) else { continue };
                match sources.iter_mut().find(|(other, _)| other.prefix == source.prefix) {
                    Some((_, of)) => of.push(*provider_index),
                    None => sources.push((source.clone(), vec![*provider_index])),
                }
            }
            provider.from.cookies.iter().for_each(|name| cookies.add(name, *provider_index));
            for name in &provider.from.query {
                match query.iter_mut().find(|(other, _)| other.as_str() == name) {
                    Some((_, providers)) => providers.push(*provider_index),
                    None => query.push((ParameterName::new(name), vec![*provider_index])),
                }
            }
        }
        Self { names, headers, cookies, query }
    }

    /// Returns true if a server may read the header `name` as one that contains tokens.
    pub(super) fn reads(&self, name: &[u8]) -> bool {
        self.names.contain(name) || !self.cookies.is_empty() && name.eq_ignore_ascii_case(b"cookie")
    }

    /// Finds the only token of the request in the sources of the providers that are accepted.
    ///
    /// # Errors
    /// Returns the reason if there is more than one, or the search costs too much.
    pub(super) fn only_token(
        &self,
        is_accepted: &[bool],
        request: &Request<'_>,
        query: &Query<'_>,
    ) -> Result<OnlyToken, Reason> {
        let mut only = OnlyToken::default();
        self.search_headers(is_accepted, request, &mut only)?;
        self.cookies.search(is_accepted, request, &mut only)?;
        let mut names = self.query.iter().filter(|(_, providers)| any(providers, is_accepted)).peekable();
        if names.peek().is_some() {
            query.spend(&request.budget)?;
        }
        for (name, providers) in names {
            let mut exact = 0;
            for value in query.values(name.as_str().as_bytes()) {
                exact += 1;
                only.add(value, providers, is_accepted)?;
            }
            only.has_unclear |= query.possible_values(name.key()).count() > exact;
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
        for (name, value) in request.headers.lines().filter(|(name, _)| self.names.may_contain(name)) {
            for place in self.names.of(name) {
                values.get_mut(place).into_iter().for_each(|values| values.push(value.trim_ascii()));
            }
        }
        for (values, sources) in values.iter().zip(&self.headers).filter(|(values, _)| !values.is_empty()) {
            // Envoy joins the lines of `authorization`; other lines mean the same (RFC 9110, section 5.3).
            let joined = if values.len() > 1 { values.join(&b","[..]) } else { Vec::new() };
            let value = if let [value] = values[..] { value } else { &joined };
            let commas = comma_count(value);
            for (source, providers) in sources {
                if !any(providers, is_accepted) {
                    continue;
                }
                request.budget.spend(value.len(), HEADER_BYTE)?;
                request.budget.spend(commas, HEADER_PART)?;
                match source.find(value, commas) {
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
