//! Matches on requests: which of them takes all that another does.

use crate::path::Pattern;
use policy::http::Authority;
use serde_json::Value;

/// A match, read for comparison.
#[derive(Debug)]
pub(crate) struct Match<'v> {
    fields: Fields<'v>,
    not: Fields<'v>,
}

#[derive(Debug, Default)]
struct Fields<'v> {
    hosts: Option<Vec<Host>>,
    methods: Option<Vec<&'v str>>,
    paths: Option<Vec<Pattern<'v>>>,
    headers: Option<Vec<Condition<'v>>>,
    query: Option<Vec<Condition<'v>>>,
}

/// A pattern of hosts.
#[derive(Debug, PartialEq, Eq)]
enum Host {
    Any,
    /// What stands behind the star.
    Wildcard(String),
    Exact {
        name: String,
        is_address: bool,
    },
}

/// A condition on a header or a parameter.
#[derive(Debug, PartialEq, Eq)]
struct Condition<'v> {
    name: String,
    value: &'v Value,
}

impl<'v> Match<'v> {
    /// Reads the match of a rule; nothing where it cannot be compared.
    pub(crate) fn read(rule: &'v Value) -> Option<Self> {
        let Some(value) = rule.get("match") else {
            return Some(Self { fields: Fields::default(), not: Fields::default() });
        };
        let not = value.get("not").map_or(Some(Fields::default()), Fields::read)?;
        Some(Self { fields: Fields::read(value)?, not })
    }

    /// The patterns of its paths; nothing where any path matches.
    pub(crate) fn paths(&self) -> Option<&[Pattern<'v>]> {
        self.fields.paths.as_deref()
    }

    /// Whether it takes every request that `other` does. Where that is hard to tell, it says no.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        let (one, two) = (&self.fields, &other.fields);
        covers_any(&one.methods, &two.methods, |one, two| one == two)
            && covers_any(&one.hosts, &two.hosts, Host::covers)
            && covers_any(&one.paths, &two.paths, Pattern::covers)
            && covers_all(&one.headers, &two.headers)
            && covers_all(&one.query, &two.query)
            && self.not.excludes_no_more_than(&other.not)
    }
}

impl<'v> Fields<'v> {
    fn read(value: &'v Value) -> Option<Self> {
        Some(Self {
            hosts: list(value, "hosts", |host| Host::read(host.as_str()?))?,
            methods: list(value, "methods", Value::as_str)?,
            paths: list(value, "paths", Pattern::read)?,
            headers: list(value, "headers", |value| Condition::read(value, true))?,
            query: list(value, "query", |value| Condition::read(value, false))?,
        })
    }

    /// Whether the other excludes whatever this one does; each field excludes by itself.
    fn excludes_no_more_than(&self, other: &Self) -> bool {
        within(&self.methods, &other.methods, |one, two| one == two)
            && within(&self.hosts, &other.hosts, Host::covers)
            && within(&self.paths, &other.paths, Pattern::covers)
            && (self.headers.is_none() || self.headers == other.headers)
            && (self.query.is_none() || self.query == other.query)
    }
}

/// Reads a list: `Some(None)` where it is absent, nothing where an item cannot be read.
fn list<'v, T>(
    value: &'v Value,
    field: &str,
    read: impl Fn(&'v Value) -> Option<T>,
) -> Option<Option<Vec<T>>> {
    match value.get(field) {
        None => Some(None),
        Some(items) => items.as_array()?.iter().map(read).collect::<Option<Vec<T>>>().map(Some),
    }
}

/// Of a list one item may hold: each of the other's must be covered.
fn covers_any<T>(one: &Option<Vec<T>>, two: &Option<Vec<T>>, covers: impl Fn(&T, &T) -> bool) -> bool {
    match (one, two) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(one), Some(two)) => two.iter().all(|two| one.iter().any(|one| covers(one, two))),
    }
}

/// What one excludes, the other does.
fn within<T>(one: &Option<Vec<T>>, two: &Option<Vec<T>>, covers: impl Fn(&T, &T) -> bool) -> bool {
    match (one, two) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(one), Some(two)) => one.iter().all(|one| two.iter().any(|two| covers(two, one))),
    }
}

/// Of a list all must hold: each must follow from one of the other's.
fn covers_all(one: &Option<Vec<Condition<'_>>>, two: &Option<Vec<Condition<'_>>>) -> bool {
    let two = two.as_deref().unwrap_or_default();
    one.iter().flatten().all(|one| two.iter().any(|two| one.follows_from(two)))
}

impl Host {
    fn read(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Any);
        }
        let host = |text: &str| Authority::parse(text.as_bytes()).ok().map(|authority| authority.host);
        match text.strip_prefix("*.") {
            Some(name) => Some(Self::Wildcard(format!(".{}", host(name)?.as_str()))),
            None => {
                let host = host(text)?;
                Some(Self::Exact { name: host.as_str().to_owned(), is_address: host.is_ip() })
            }
        }
    }

    fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, Self::Any | Self::Wildcard(_)) => true,
            (Self::Any, Self::Exact { is_address, .. }) => !is_address,
            (Self::Wildcard(one), Self::Wildcard(two)) => two.ends_with(one.as_str()),
            (Self::Wildcard(one), Self::Exact { name, is_address }) => {
                !is_address && name.len() > one.len() && name.ends_with(one.as_str())
            }
            (one, two) => one == two,
        }
    }
}

impl<'v> Condition<'v> {
    fn read(value: &'v Value, is_header: bool) -> Option<Self> {
        let name = value.get("name")?.as_str()?;
        let name = if is_header { name.to_ascii_lowercase() } else { name.to_owned() };
        Some(Self { name, value })
    }

    /// Whether it holds wherever the other does.
    fn follows_from(&self, other: &Self) -> bool {
        let present = |value: &Value| value.get("present").and_then(Value::as_bool);
        // Whatever matches a value says that there is one.
        let there = present(self.value) == Some(true) && present(other.value) != Some(false);
        self.name == other.name && (there || without_name(self.value) == without_name(other.value))
    }
}

fn without_name(value: &Value) -> Vec<(&String, &Value)> {
    value.as_object().into_iter().flatten().filter(|(field, _)| *field != "name").collect()
}
