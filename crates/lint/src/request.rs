//! Comparison of matches on requests.

use crate::language::Comparisons;
use crate::path;
use policy::vocabulary::{Condition, HostPattern, MatchFields, NonEmpty, PathMatch, RequestMatch, Sense};

/// Returns true if a match matches every request that `other` matches, each in its sense; false if that is not certain.
pub(crate) fn covers(
    (one, sense): (&RequestMatch, Sense),
    (other, other_sense): (&RequestMatch, Sense),
    comparisons: &Comparisons,
) -> bool {
    if (sense, other_sense) == (Sense::Grant, Sense::Restrict) {
        return covers_spellings(one, other);
    }
    let nothing = MatchFields::default();
    let excluded = (one.not.as_ref().unwrap_or(&nothing), other.not.as_ref().unwrap_or(&nothing));
    let covers =
        |one: &PathMatch, other: &PathMatch| path::covers(one, other) || comparisons.includes(one, other);
    fields_cover(&one.fields, &other.fields, covers) && excludes_at_most(excluded.0, excluded.1, covers)
}

/// Returns true if a match that grants matches every request that one that restricts matches. Fields for which the two senses
/// differ are not compared.
fn covers_spellings(one: &RequestMatch, other: &RequestMatch) -> bool {
    let RequestMatch { fields: MatchFields { hosts, methods, paths, headers, query }, not } = one;
    not.is_none()
        && methods.is_none()
        && headers.is_none()
        && query.is_none()
        && covers_any(hosts, &other.fields.hosts, HostPattern::covers)
        && covers_any(paths, &other.fields.paths, path::covers_spellings)
}

/// Returns true if the fields of one match every request that those of `other` match.
///
/// A missing field would cause false warnings; this function and the next destructure all fields.
fn fields_cover(
    one: &MatchFields,
    other: &MatchFields,
    covers_path: impl Fn(&PathMatch, &PathMatch) -> bool,
) -> bool {
    let MatchFields { hosts, methods, paths, headers, query } = one;
    covers_any(methods, &other.methods, PartialEq::eq)
        && covers_any(hosts, &other.hosts, HostPattern::covers)
        && covers_any(paths, &other.paths, covers_path)
        && covers_all(headers, &other.headers, |header| (header.name.as_str(), &header.condition))
        && covers_all(query, &other.query, |parameter| (parameter.name.as_str(), &parameter.condition))
}

/// Returns true if `other` excludes every request that one excludes. A request is excluded if any of these fields matches.
fn excludes_at_most(
    one: &MatchFields,
    other: &MatchFields,
    covers_path: impl Fn(&PathMatch, &PathMatch) -> bool,
) -> bool {
    let MatchFields { hosts, methods, paths, headers, query } = one;
    excludes_any(methods, &other.methods, PartialEq::eq)
        && excludes_any(hosts, &other.hosts, HostPattern::covers)
        && excludes_any(paths, &other.paths, covers_path)
        && (headers.is_none() || *headers == other.headers)
        && (query.is_none() || *query == other.query)
}

/// Compares lists in which one item must match: each item of `other` must be covered.
fn covers_any<T>(
    one: &Option<NonEmpty<T>>,
    other: &Option<NonEmpty<T>>,
    covers: impl Fn(&T, &T) -> bool,
) -> bool {
    match (one, other) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(one), Some(other)) => other.iter().all(|item| one.iter().any(|own| covers(own, item))),
    }
}

/// Compares lists in which one item excludes: each item of one must be covered by `other`.
fn excludes_any<T>(
    one: &Option<NonEmpty<T>>,
    other: &Option<NonEmpty<T>>,
    covers: impl Fn(&T, &T) -> bool,
) -> bool {
    one.is_none() || (other.is_some() && covers_any(other, one, covers))
}

/// Compares lists in which all items must match: each item of one must follow from an item of `other`.
fn covers_all<T: PartialEq>(
    one: &Option<NonEmpty<T>>,
    other: &Option<NonEmpty<T>>,
    parts: impl Fn(&T) -> (&str, &Condition),
) -> bool {
    let follows = |item: &T, from: &T| {
        let ((name, condition), (other_name, from_condition)) = (parts(item), parts(from));
        // A condition on a value implies that the value is present.
        let is_implied =
            *condition == Condition::Present(true) && *from_condition != Condition::Present(false);
        item == from || (name == other_name && is_implied)
    };
    let other = other.as_deref().unwrap_or_default();
    one.iter().flat_map(|list| list.iter()).all(|item| other.iter().any(|from| follows(item, from)))
}
