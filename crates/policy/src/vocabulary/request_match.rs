//! A match on a request.

use super::{
    HeaderMatch, HostPattern, Method, NonEmpty, PathExpression, PathMatch, PathReading, QueryMatch, Sense,
};
use crate::http::{Headers, Host, Needs, Query};

document! {
    /// A match on a request. All fields must match; without a field it matches every request.
    #[derive(Default)]
    pub struct RequestMatch {
        /// All of these must match.
        fields: MatchFields,
        /// A request is excluded if any of these fields matches.
        "not" not: Option<MatchFields> = None,
    }
}

document! {
    /// The fields of a match. In a list one item must match, in `headers` and `query` all.
    #[derive(Default)]
    pub struct MatchFields {
        /// One of these hosts.
        "hosts" hosts: Option<NonEmpty<HostPattern>> = None,
        /// One of these methods. Methods are case-sensitive (RFC 9110, section 9.1); a rule that denies ignores case.
        "methods" methods: Option<NonEmpty<Method>> = None,
        /// One of these paths.
        "paths" paths: Option<NonEmpty<PathMatch>> = None,
        /// All of these headers.
        "headers" headers: Option<NonEmpty<HeaderMatch>> = None,
        /// All of these query parameters.
        "query" query: Option<NonEmpty<QueryMatch>> = None,
    }
}

named! {
    /// A field of a match, to explain why a rule does not match.
    #[expect(missing_docs, reason = "named after the fields")]
    pub enum Field {
        Hosts = "hosts",
        Methods = "methods",
        Paths = "paths",
        Headers = "headers",
        Query = "query",
        Claims = "claims",
        Not = "not",
    }
}

/// The input of a match, besides the path.
#[derive(Debug, Clone, Copy)]
pub struct MatchInput<'a> {
    /// The host; absent if no rule of the filter matches it.
    pub host: Option<&'a Host>,
    /// The parameters of the query.
    pub query: &'a Query<'a>,
    /// The method.
    pub method: &'a [u8],
    /// The headers.
    pub headers: &'a Headers<'a>,
    /// The sense of the match, outside of `not`.
    pub sense: Sense,
}

impl MatchFields {
    /// Returns the result of each present field except `paths`; the cheap ones first.
    fn results<'s>(&'s self, input: MatchInput<'s>) -> impl Iterator<Item = (Field, bool)> + 's {
        let MatchInput { host, query, method, headers: lines, sense } = input;
        let Self { hosts, methods, paths: _, headers, query: parameters } = self;
        let methods = methods.iter().map(move |methods| {
            let is_method = |own: &Method| own.matches(method, sense);
            (Field::Methods, methods.iter().any(is_method))
        });
        let hosts = hosts.iter().map(move |hosts| {
            (Field::Hosts, host.is_some_and(|host| hosts.iter().any(|pattern| pattern.matches(host))))
        });
        let headers = headers
            .iter()
            .map(move |headers| (Field::Headers, headers.iter().all(|header| header.matches(lines, sense))));
        let parameters = parameters.iter().map(move |parameters| {
            (Field::Query, parameters.iter().all(|parameter| parameter.matches(query, sense)))
        });
        methods.chain(hosts).chain(headers).chain(parameters)
    }

    /// Returns whether `paths` matches, if it is present.
    fn path_result(&self, path: PathReading<'_>, sense: Sense) -> Option<bool> {
        let paths = self.paths.as_ref()?;
        Some(paths.iter().any(|pattern| pattern.matches_in(path, sense)))
    }

    /// Returns the field that requires a path, if there is one.
    fn path_field(&self) -> Option<Field> {
        let paths = self.paths.as_ref().map(|_| Field::Paths);
        paths.or_else(|| self.query.as_ref().map(|_| Field::Query))
    }
}

/// One match tried on one request, reading by reading. Fields that do not depend on the path are tried once.
#[derive(Debug)]
pub struct Attempt<'s> {
    matcher: &'s RequestMatch,
    input: MatchInput<'s>,
    other_fields: Option<Option<Field>>,
}

impl Attempt<'_> {
    /// Returns the first field that does not match with this reading of the path.
    pub fn first_mismatch(&mut self, path: Option<PathReading<'_>>) -> Option<Field> {
        let (RequestMatch { fields, not }, input) = (self.matcher, self.input);
        let Some(path) = path else {
            return self.matcher.pathless_mismatch(input.sense).or_else(|| self.other_mismatch());
        };
        if fields.path_result(path, input.sense) == Some(false) {
            return Some(Field::Paths);
        }
        let excluded = |not: &MatchFields| not.path_result(path, input.sense.opposite()) == Some(true);
        if not.as_ref().is_some_and(excluded) {
            return Some(Field::Not);
        }
        self.other_mismatch()
    }

    fn other_mismatch(&mut self) -> Option<Field> {
        let (RequestMatch { fields, not }, input) = (self.matcher, self.input);
        *self.other_fields.get_or_insert_with(|| {
            let mismatch = fields.results(input).find(|(_, matches)| !matches).map(|(field, _)| field);
            let inside = MatchInput { sense: input.sense.opposite(), ..input };
            let is_excluded =
                || not.as_ref().is_some_and(|not| not.results(inside).any(|(_, matches)| matches));
            mismatch.or_else(|| is_excluded().then_some(Field::Not))
        })
    }
}

impl RequestMatch {
    /// Starts to try the match on a request.
    pub fn attempt<'s>(&'s self, input: MatchInput<'s>) -> Attempt<'s> {
        Attempt { matcher: self, input, other_fields: None }
    }

    /// Returns true if the match has no fields: it matches every request.
    pub(crate) fn is_empty(&self) -> bool {
        let MatchFields { hosts, methods, paths, headers, query } = &self.fields;
        let is_empty = hosts.is_none() && methods.is_none() && paths.is_none();
        is_empty && headers.is_none() && query.is_none() && self.not.is_none()
    }

    /// Returns true if a field uses the host.
    pub fn uses_host(&self) -> bool {
        self.groups().any(|fields| fields.hosts.is_some())
    }

    /// Returns true if a field uses the path or the query.
    pub fn uses_path(&self) -> bool {
        self.groups().any(|fields| fields.paths.is_some() || fields.query.is_some())
    }

    /// Returns what the fields need of the connection.
    pub fn needs(&self) -> Needs {
        // No field uses the connection.
        Needs::default()
    }

    /// Returns the field that does not match a request without a path, which is a `CONNECT`.
    ///
    /// A match that grants must not use the path or the query. In one that restricts, a pattern that matches every path matches
    /// such a request too.
    fn pathless_mismatch(&self, sense: Sense) -> Option<Field> {
        let Self { fields, not } = self;
        match sense {
            Sense::Grant => {
                let excluded = || not.as_ref().and_then(MatchFields::path_field).map(|_| Field::Not);
                fields.path_field().or_else(excluded)
            }
            Sense::Restrict => {
                let matches_every_path =
                    fields.paths.as_ref().is_none_or(|paths| paths.iter().any(PathMatch::matches_every_path));
                (!matches_every_path).then_some(Field::Paths)
            }
        }
    }

    /// Returns the matches on headers.
    pub(crate) fn header_matches(&self) -> impl Iterator<Item = &HeaderMatch> {
        self.groups().flat_map(|fields| fields.headers.iter().flat_map(|headers| headers.iter()))
    }

    /// Returns the matches on query parameters.
    pub(crate) fn query_matches(&self) -> impl Iterator<Item = &QueryMatch> {
        self.groups().flat_map(|fields| fields.query.iter().flat_map(|query| query.iter()))
    }

    /// Returns the matches on paths.
    pub(crate) fn path_matches(&self) -> impl Iterator<Item = &PathMatch> {
        self.groups().flat_map(|fields| fields.paths.iter().flat_map(|paths| paths.iter()))
    }

    /// Returns true if a pattern matches paths with letters folded to ASCII.
    pub(crate) fn folds_paths(&self) -> bool {
        self.path_matches().any(PathMatch::folds)
    }

    /// Returns, for each path pattern that an automaton matches, whether it is in `not`; in the order of
    /// [`RequestMatch::path_expressions_mut`].
    pub(crate) fn path_expressions(&self) -> impl Iterator<Item = bool> {
        let groups = std::iter::once((false, &self.fields)).chain(self.not.iter().map(|not| (true, not)));
        groups.flat_map(|(is_excluded, fields)| {
            let paths = fields.paths.iter().flat_map(|paths| paths.iter());
            paths.filter(|path| matches!(path, PathMatch::Expression(_))).map(move |_| is_excluded)
        })
    }

    /// Returns the path patterns that an automaton matches.
    pub(crate) fn path_expressions_mut(&mut self) -> impl Iterator<Item = &mut PathExpression> {
        let groups = std::iter::once(&mut self.fields).chain(&mut self.not);
        groups.flat_map(|fields| fields.paths.iter_mut()).flat_map(|paths| paths.0.iter_mut()).filter_map(
            |path| match path {
                PathMatch::Expression(expression) => Some(expression),
                _ => None,
            },
        )
    }

    fn groups(&self) -> impl Iterator<Item = &MatchFields> {
        std::iter::once(&self.fields).chain(&self.not)
    }
}
