//! What takes the place of a path.

use crate::document::{Code, Fields, Problems};
use crate::http::canonical_pattern;
use crate::vocabulary::{PathMatch, Substitution};

/// What takes the place of a path: a whole one, another prefix, or what a regular expression finds.
#[derive(Debug, Clone)]
pub enum Replacement {
    /// A path, in which `{name}` stands for what the template of the match found.
    Path(Vec<Piece>),
    /// Another prefix in the place of the one that matched.
    Prefix(String),
    /// Another text for what a regular expression finds in the path.
    Regex(Substitution),
}

/// A piece of a path.
#[derive(Debug, Clone)]
pub enum Piece {
    /// As it stands.
    Text(String),
    /// What the template found under this name.
    Name(String),
}

impl Replacement {
    /// The fields that it is read from.
    pub(super) const FIELDS: [&str; 4] = ["path", "prefix", "regex", "substitution"];

    /// The path after the replacement; `paths` are the patterns of the match, one of which holds.
    pub(super) fn apply(&self, path: &str, paths: &[PathMatch]) -> Option<Vec<u8>> {
        match self {
            Self::Path(pieces) => {
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
            Self::Prefix(to) => {
                let rest = paths.iter().find_map(|pattern| match pattern {
                    PathMatch::Prefix(prefix) => prefix.strip(path),
                    _ => None,
                })?;
                let joined = format!("{}{rest}", to.trim_end_matches('/'));
                Some(if joined.is_empty() { b"/".to_vec() } else { joined.into_bytes() })
            }
            Self::Regex(substitution) => {
                Some(substitution.apply(path.as_bytes()).unwrap_or_else(|| path.as_bytes().to_vec()))
            }
        }
    }

    /// Whether a match with these patterns gives what the replacement asks for.
    pub(super) fn fits(&self, paths: &[PathMatch]) -> Result<(), (String, &'static str)> {
        match self {
            Self::Prefix(_) => {
                let all = !paths.is_empty() && paths.iter().all(|path| matches!(path, PathMatch::Prefix(_)));
                let message = "`prefix` takes the place of a prefix, and the match has other paths or none";
                if all {
                    Ok(())
                } else {
                    Err((message.to_owned(), "let each of `match.paths` be a `prefix`"))
                }
            }
            Self::Path(pieces) => {
                let missing = pieces.iter().find_map(|piece| match piece {
                    Piece::Name(name) => {
                        let has = |path: &PathMatch| {
                            matches!(path, PathMatch::Template(template) if template.names().any(|other| other == name))
                        };
                        (paths.is_empty() || !paths.iter().all(has)).then_some(name)
                    }
                    Piece::Text(_) => None,
                });
                missing.map_or(Ok(()), |name| {
                    let help = "let each of `match.paths` be a `template` with this name";
                    Err((format!("`{{{name}}}` is not in every path of the match"), help))
                })
            }
            Self::Regex(_) => Ok(()),
        }
    }

    /// Reads it from the fields of an object that may hold others too; `Some(None)` where there is none.
    pub(super) fn from_fields(fields: &Fields<'_>, problems: &mut Problems) -> Option<Option<Self>> {
        let there = Self::FIELDS.iter().filter(|name| fields.has(name));
        match there.copied().collect::<Vec<_>>().as_slice() {
            [] => Some(None),
            ["path"] => {
                let text: String = fields.required("path", problems)?;
                let read = pieces(&text);
                read.map_err(|help| not_a_path(fields, "path", &text, help, problems))
                    .ok()
                    .map(|p| Some(Self::Path(p)))
            }
            ["prefix"] => {
                let text: String = fields.required("prefix", problems)?;
                let read = canonical_pattern(&text);
                read.map_err(|help| not_a_path(fields, "prefix", &text, help, problems))
                    .ok()
                    .map(|p| Some(Self::Prefix(p)))
            }
            ["regex" | "substitution", ..] => {
                let substitution = Substitution::from_fields(fields, problems)?;
                if let Some(character) =
                    ['?', '#'].into_iter().find(|character| substitution.writes(*character))
                {
                    let message = format!("a `{character}` ends a path");
                    let help = "leave it out: the query of the request is kept";
                    problems.add(Code::PATH, &fields.path.field("substitution"), message, help);
                    return None;
                }
                Some(Some(Self::Regex(substitution)))
            }
            _ => {
                let help = "keep `path`, `prefix`, or `regex` and `substitution`";
                problems.add(Code::TWO_REPLACEMENTS, fields.path, "more than one replacement", help);
                None
            }
        }
    }
}

fn not_a_path(fields: &Fields<'_>, field: &str, text: &str, help: String, problems: &mut Problems) {
    let help =
        if text.contains('?') { "leave `?` out: the query of the request is kept".to_owned() } else { help };
    problems.add(Code::PATH, &fields.path.field(field), format!("`{text}` is no canonical path"), help);
}

/// The pieces of a path with names in braces.
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
