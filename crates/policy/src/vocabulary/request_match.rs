//! A match on a request.

use super::{HeaderMatch, HostPattern, Method, PathMatch, QueryMatch};
use crate::document::{Document, Fields, Node, Problems};
use crate::http::{Headers, Host};

/// A match on a request.
///
/// Within a list one may hold (within `headers` and `query` all must), between fields all must hold; without a field
/// it matches every request. Inside `not` each field excludes by itself, as Istio's `notHosts`, `notPaths`, `notMethods`.
#[derive(Debug, Clone, Default)]
pub struct RequestMatch {
    fields: MatchFields,
    not: Option<MatchFields>,
}

/// What a match looks at: a request, with one reading of its path.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The host; absent where no rule asks for it.
    pub host: Option<&'a Host>,
    /// The method, as it stands.
    pub method: &'a [u8],
    /// One reading of the path; absent in a `CONNECT` without one.
    pub path: Option<&'a str>,
    /// What stands behind the `?`.
    pub query: Option<&'a [u8]>,
    /// The headers.
    pub headers: &'a Headers<'a>,
}

/// A field of a match, for saying why it did not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "named after the fields")]
pub enum Field {
    Hosts,
    Methods,
    Paths,
    Headers,
    Query,
    Not,
}

impl Field {
    /// The field's name in a configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hosts => "hosts",
            Self::Methods => "methods",
            Self::Paths => "paths",
            Self::Headers => "headers",
            Self::Query => "query",
            Self::Not => "not",
        }
    }
}

document! {
    /// The fields of a match.
    #[derive(Default)]
    pub struct MatchFields {
        /// One of these hosts.
        "hosts" hosts: Option<AnyOf<HostPattern>> = None,
        /// One of these methods, as they stand (RFC 9110, section 9.1: with case).
        "methods" methods: Option<AnyOf<Method>> = None,
        /// One of these paths.
        "paths" paths: Option<AnyOf<PathMatch>> = None,
        /// All of these headers.
        "headers" headers: Option<AnyOf<HeaderMatch>> = None,
        /// All of these query parameters.
        "query" query: Option<AnyOf<QueryMatch>> = None,
    }
}

/// A list that is not empty: an empty one would match nothing, which nobody means.
#[derive(Debug, Clone)]
pub struct AnyOf<T>(pub Vec<T>);

impl<T: Document> Document for AnyOf<T> {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let items = Vec::read(node, problems)?;
        if items.is_empty() {
            node.problem(
                problems,
                "empty_list",
                "an empty list matches nothing",
                "leave the field out to match all",
            );
            return None;
        }
        Some(Self(items))
    }
}

impl MatchFields {
    /// Each field that is there, with whether it holds; the cheap ones first.
    fn each(&self, subject: Subject<'_>) -> impl Iterator<Item = (Field, bool)> {
        let methods = self.methods.iter().map(move |methods| {
            (Field::Methods, methods.0.iter().any(|method| method.as_str().as_bytes() == subject.method))
        });
        let paths = self.paths.iter().map(move |paths| {
            (
                Field::Paths,
                subject.path.is_some_and(|path| paths.0.iter().any(|pattern| pattern.matches(path))),
            )
        });
        let hosts = self.hosts.iter().map(move |hosts| {
            (
                Field::Hosts,
                subject.host.is_some_and(|host| hosts.0.iter().any(|pattern| pattern.matches(host))),
            )
        });
        let headers = self.headers.iter().map(move |headers| {
            (Field::Headers, headers.0.iter().all(|matcher| matcher.matches(subject.headers)))
        });
        let query = self
            .query
            .iter()
            .map(move |query| (Field::Query, query.0.iter().all(|matcher| matcher.matches(subject.query))));
        methods.chain(paths).chain(hosts).chain(headers).chain(query)
    }
}

impl RequestMatch {
    /// The first field that does not hold, if one does not.
    pub fn failing(&self, subject: Subject<'_>) -> Option<Field> {
        let failing = self.fields.each(subject).find(|(_, holds)| !holds).map(|(field, _)| field);
        failing.or_else(|| {
            let excluded = self.not.as_ref()?.each(subject).any(|(_, holds)| holds);
            excluded.then_some(Field::Not)
        })
    }

    /// Whether the request matches.
    pub fn matches(&self, subject: Subject<'_>) -> bool {
        self.failing(subject).is_none()
    }

    /// The patterns of `paths`.
    pub fn paths(&self) -> &[PathMatch] {
        self.fields.paths.as_ref().map_or(&[], |paths| &paths.0)
    }

    /// Whether it looks at the host.
    pub fn uses_host(&self) -> bool {
        self.parts().any(|fields| fields.hosts.is_some())
    }

    /// Whether it looks at the path or the query.
    pub fn uses_path(&self) -> bool {
        self.parts().any(|fields| fields.paths.is_some() || fields.query.is_some())
    }

    fn parts(&self) -> impl Iterator<Item = &MatchFields> {
        std::iter::once(&self.fields).chain(&self.not)
    }
}

impl Document for RequestMatch {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let known = [MatchFields::FIELDS, &["not"]].concat();
        let fields = Fields::of(node, &known, problems)?;
        let not = fields.optional("not", problems);
        let own = MatchFields::from_fields(&fields, problems);
        Some(Self { fields: own?, not: not? })
    }
}
