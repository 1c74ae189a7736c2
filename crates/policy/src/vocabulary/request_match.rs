//! A match on a request.

use super::{HeaderMatch, HostPattern, Method, NonEmpty, PathMatch, QueryMatch};
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

/// What a match looks at besides the path.
#[derive(Debug, Clone, Copy)]
pub struct MatchInput<'a> {
    /// The host; absent where no rule asks for it.
    pub host: Option<&'a Host>,
    /// The method, as it stands.
    pub method: &'a [u8],
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
    Claims,
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
            Self::Claims => "claims",
            Self::Not => "not",
        }
    }
}

document! {
    /// The fields of a match.
    #[derive(Default)]
    pub struct MatchFields {
        /// One of these hosts.
        "hosts" hosts: Option<NonEmpty<HostPattern>> = None,
        /// One of these methods, as they stand (RFC 9110, section 9.1: with case).
        "methods" methods: Option<NonEmpty<Method>> = None,
        /// One of these paths.
        "paths" paths: Option<NonEmpty<PathMatch>> = None,
        /// All of these headers.
        "headers" headers: Option<NonEmpty<HeaderMatch>> = None,
        /// All of these query parameters.
        "query" query: Option<NonEmpty<QueryMatch>> = None,
    }
}

impl MatchFields {
    /// Each field that is there but `paths`, with whether it holds; the cheap ones first.
    fn each(&self, subject: MatchInput<'_>) -> impl Iterator<Item = (Field, bool)> {
        let methods = self.methods.iter().map(move |methods| {
            (Field::Methods, methods.0.iter().any(|method| method.as_str().as_bytes() == subject.method))
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
        methods.chain(hosts).chain(headers).chain(query)
    }

    /// Whether one of `paths` matches; nothing where the field is not there.
    fn path(&self, path: Option<&str>) -> Option<bool> {
        let paths = self.paths.as_ref()?;
        Some(path.is_some_and(|path| paths.0.iter().any(|pattern| pattern.matches(path))))
    }
}

/// One match held against one request, reading by reading: what does not depend on the reading is looked at once.
#[derive(Debug)]
pub struct Attempt<'s> {
    matcher: &'s RequestMatch,
    subject: MatchInput<'s>,
    rest: Option<Option<Field>>,
}

impl Attempt<'_> {
    /// The first field that does not hold with this reading of the path, if one does not.
    pub fn first_mismatch(&mut self, path: Option<&str>) -> Option<Field> {
        let RequestMatch { fields, not } = self.matcher;
        if fields.path(path) == Some(false) {
            return Some(Field::Paths);
        }
        if not.as_ref().is_some_and(|not| not.path(path) == Some(true)) {
            return Some(Field::Not);
        }
        *self.rest.get_or_insert_with(|| {
            let first_mismatch = fields.each(self.subject).find(|(_, holds)| !holds).map(|(field, _)| field);
            let excluded = || not.as_ref().is_some_and(|not| not.each(self.subject).any(|(_, holds)| holds));
            first_mismatch.or_else(|| excluded().then_some(Field::Not))
        })
    }
}

impl RequestMatch {
    /// Holds it against a request, whose path comes later.
    pub fn attempt<'s>(&'s self, subject: MatchInput<'s>) -> Attempt<'s> {
        Attempt { matcher: self, subject, rest: None }
    }

    /// The patterns of `paths`; nothing where any path matches.
    pub fn paths(&self) -> Option<&[PathMatch]> {
        self.fields.paths.as_ref().map(|paths| paths.0.as_slice())
    }

    /// The patterns of `hosts`; nothing where any host matches.
    pub fn hosts(&self) -> Option<&[HostPattern]> {
        self.fields.hosts.as_ref().map(|hosts| hosts.0.as_slice())
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

impl RequestMatch {
    /// The fields that it is read from.
    pub const FIELDS: [&str; 6] = ["hosts", "methods", "paths", "headers", "query", "not"];

    /// Reads it from the fields of an object that may hold others too.
    pub fn from_fields(fields: &Fields<'_>, problems: &mut Problems) -> Option<Self> {
        let not = fields.optional("not", problems);
        let own = MatchFields::from_fields(fields, problems);
        Some(Self { fields: own?, not: not? })
    }
}

impl Document for RequestMatch {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        Self::from_fields(&Fields::of(node, &Self::FIELDS, problems)?, problems)
    }
}
