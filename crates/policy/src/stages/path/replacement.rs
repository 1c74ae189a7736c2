//! Replacements of a path.

use crate::document::{Code, Definitions, FieldGroup, Fields, Problems, Schema};
use crate::http::{Budget, Normalize, RequestPath, canonical_pattern};
use crate::reason::Reason;
use crate::vocabulary::{PathMatch, Substitution, Template};

/// A replacement of a path.
#[derive(Debug, Clone)]
pub enum Replacement {
    /// A whole path, in which `{name}` is a segment that the template of the match captured.
    Path(Vec<Piece>),
    /// A prefix that replaces the one that matched.
    Prefix(String),
    /// A substitution of the matches of a regular expression.
    Regex(Substitution),
}

/// A piece of a path.
#[derive(Debug, Clone)]
pub enum Piece {
    /// Literal text.
    Text(String),
    /// A captured segment.
    Name(String),
}

impl Replacement {
    /// Returns the path after the replacement. `paths` are the patterns of the match, one of which matches.
    ///
    /// # Errors
    /// Returns the reason if the budget of the request does not suffice, or if there is no such path.
    pub(super) fn apply(&self, path: &str, paths: &[PathMatch], budget: &Budget) -> Result<Vec<u8>, Reason> {
        match self {
            Self::Regex(substitution) => {
                let replaced = substitution.apply(path.as_bytes(), budget)?;
                Ok(replaced.unwrap_or_else(|| path.as_bytes().to_vec()))
            }
            Self::Path(pieces) => filled(pieces, path, paths).ok_or(Reason::REPLACEMENT_FAILED),
            Self::Prefix(to) => moved(to, path, paths).ok_or(Reason::REPLACEMENT_FAILED),
        }
    }

    /// Returns true if the text of a path or a prefix has more than one reading, or none.
    pub(super) fn is_ambiguous(&self, normalize: &Normalize) -> bool {
        let text = match self {
            Self::Path(pieces) => pieces.iter().map(|piece| match piece {
                Piece::Text(text) => text.as_str(),
                Piece::Name(_) => "x",
            }),
            Self::Prefix(prefix) => return !RequestPath::has_one_reading(prefix, normalize),
            Self::Regex(_) => return false,
        };
        !RequestPath::has_one_reading(&text.collect::<String>(), normalize)
    }

    /// Checks that a match with these patterns captures what the replacement uses.
    pub(super) fn check(&self, paths: &[PathMatch]) -> Result<(), (String, &'static str)> {
        let all = |is: &dyn Fn(&PathMatch) -> bool| !paths.is_empty() && paths.iter().all(is);
        match self {
            Self::Prefix(_) if !all(&|path| matches!(path, PathMatch::Prefix(_))) => {
                let message = "`prefix` replaces a prefix, and the match has other paths or none";
                Err((message.to_owned(), "use only `prefix` in `match.paths`"))
            }
            Self::Path(pieces) => {
                let has = |name: &str, template: &Template| template.names().any(|other| other == name);
                let mut names = pieces.iter().filter_map(|piece| match piece {
                    Piece::Name(name) => Some(name),
                    Piece::Text(_) => None,
                });
                let is_missing = |name: &&String| {
                    !all(&|path| matches!(path, PathMatch::Template(template) if has(name, template)))
                };
                names.find(is_missing).map_or(Ok(()), |name| {
                    let help = "use only templates with this name in `match.paths`";
                    Err((format!("`{{{name}}}` is not captured by every path of the match"), help))
                })
            }
            Self::Prefix(_) | Self::Regex(_) => Ok(()),
        }
    }
}

/// Returns the path of these pieces, with the segments that the template that matches captures.
fn filled(pieces: &[Piece], path: &str, paths: &[PathMatch]) -> Option<Vec<u8>> {
    let found = paths.iter().find_map(|pattern| match pattern {
        PathMatch::Template(template) => template.captures(path),
        other => other.matches(path).then(Vec::new),
    });
    let found = found.unwrap_or_default();
    let mut replaced = String::new();
    for piece in pieces {
        replaced.push_str(match piece {
            Piece::Text(text) => text,
            Piece::Name(name) => found.iter().find(|(other, _)| other == name)?.1,
        });
    }
    Some(replaced.into_bytes())
}

/// Returns the path with another prefix in place of the one that matches.
fn moved(to: &str, path: &str, paths: &[PathMatch]) -> Option<Vec<u8>> {
    let rest = paths.iter().find_map(|pattern| match pattern {
        PathMatch::Prefix(prefix) => prefix.strip(path),
        _ => None,
    })?;
    let joined = format!("{}{rest}", to.trim_end_matches('/'));
    Some(if joined.is_empty() { b"/".to_vec() } else { joined.into_bytes() })
}

/// The fields of a replacement, which may be absent.
impl FieldGroup for Option<Replacement> {
    const FIELDS: &'static [&'static str] = &["path", "prefix", "regex", "substitution"];

    fn from_fields(fields: &Fields<'_>, problems: &mut Problems) -> Option<Self> {
        let present = Self::FIELDS.iter().copied().filter(|name| fields.has(name)).collect::<Vec<_>>();
        let replacement = match present.as_slice() {
            [] => return Some(None),
            ["path"] => read_path("path", pieces, fields, problems).map(Replacement::Path),
            ["prefix"] => read_path("prefix", canonical_pattern, fields, problems).map(Replacement::Prefix),
            ["regex" | "substitution", ..] => {
                let substitution = Substitution::from_fields(fields, problems)?;
                if let Some(character) = ['?', '#'].into_iter().find(|found| substitution.writes(*found)) {
                    let message = format!("`{character}` would end the path");
                    let help = "remove it; the query of the request is kept";
                    return problems.invalid(Code::PATH, &fields.path.field("substitution"), message, help);
                }
                Some(Replacement::Regex(substitution))
            }
            _ => {
                let help = "keep `path`, `prefix`, or `regex` and `substitution`";
                problems.invalid(Code::TWO_REPLACEMENTS, fields.path, "more than one replacement", help)
            }
        };
        replacement.map(Some)
    }

    fn describe_fields(schema: Schema, _: &mut Definitions) -> Schema {
        let path = "The new path; `{id}` is a segment that the `template` of the match captured.";
        let prefix = "Replaces the prefix that matched; each of `match.paths` must be a `prefix`.";
        let schema = schema
            .field("path", Schema::of_type("string").with("pattern", "^/").about(path))
            .field("prefix", Schema::of_type("string").with("pattern", "^/").about(prefix));
        Substitution::describe_optional(schema)
            .goes_with("regex", "substitution")
            .goes_with("substitution", "regex")
    }
}

/// Reads a field that is a canonical path.
fn read_path<T>(
    field: &str,
    parse: impl FnOnce(&str) -> Result<T, String>,
    fields: &Fields<'_>,
    problems: &mut Problems,
) -> Option<T> {
    let text: String = fields.required(field, problems)?;
    let report = |help| {
        let has_query = text.contains('?');
        let help = if has_query { "remove `?`; the query of the request is kept".to_owned() } else { help };
        problems.add(
            Code::PATH,
            &fields.path.field(field),
            format!("`{text}` is not a canonical path"),
            help,
        );
    };
    parse(&text).map_err(report).ok()
}

/// Parses a path with names in braces.
fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut parts = text.split('{');
    let first = parts.next().unwrap_or_default();
    canonical_pattern(first)?;
    pieces.push(Piece::Text(first.to_owned()));
    for part in parts {
        let (name, text) = part.split_once('}').ok_or("close the `{`")?;
        canonical_pattern(&format!("/{text}"))?;
        pieces.extend([Piece::Name(name.to_owned()), Piece::Text(text.to_owned())]);
    }
    Ok(pieces)
}
