//! Replacing what a regular expression finds.

use super::pattern::{Span, regex_field};
use crate::document::{Code, Fields, Problems};
use regex::bytes::{Captures, Regex};

/// The fields `regex` and `substitution`: every part of a value that the expression finds is replaced, as Envoy's
/// `RegexMatchAndSubstitute` does; `\0` to `\9` in the substitution stand for groups, `\\` for a backslash.
#[derive(Debug, Clone)]
pub struct Substitution {
    regex: Regex,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone)]
enum Piece {
    Text(String),
    Group(usize),
}

impl Substitution {
    /// The fields that it is read from.
    pub const FIELDS: [&str; 2] = ["regex", "substitution"];

    /// The value after the replacement; nothing where the expression finds nothing.
    pub fn apply(&self, value: &[u8]) -> Option<Vec<u8>> {
        self.regex.is_match(value).then(|| {
            let replace = |captures: &Captures<'_>| {
                let mut out = Vec::new();
                for piece in &self.pieces {
                    match piece {
                        Piece::Text(text) => out.extend_from_slice(text.as_bytes()),
                        Piece::Group(group) => {
                            out.extend_from_slice(
                                captures.get(*group).map_or(&b""[..], |found| found.as_bytes()),
                            );
                        }
                    }
                }
                out
            };
            self.regex.replace_all(value, replace).into_owned()
        })
    }

    /// Whether what takes the place of a part holds the character.
    pub fn writes(&self, character: char) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains(character)))
    }

    /// Reads both fields from those of an object that may hold others too.
    pub fn from_fields(fields: &Fields<'_>, problems: &mut Problems) -> Option<Self> {
        let regex = regex_field(fields, Span::Part, false, problems);
        let text: Option<String> = fields.required("substitution", problems);
        let (regex, text) = (regex?, text?);
        match pieces(&text, regex.captures_len()) {
            Ok(pieces) => Some(Self { regex, pieces }),
            Err((message, help)) => {
                problems.add(Code::SUBSTITUTION, &fields.path.field("substitution"), message, help);
                None
            }
        }
    }
}

fn pieces(text: &str, groups: usize) -> Result<Vec<Piece>, (String, &'static str)> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character.is_control() {
            return Err(("a control character".to_owned(), "leave it out"));
        }
        if character == '$' && characters.clone().next().is_some_and(|next| next.is_ascii_digit()) {
            return Err((
                "a group is not written with `$` here".to_owned(),
                "write `\\1` for the first group",
            ));
        }
        if character != '\\' {
            literal.push(character);
            continue;
        }
        match characters.next() {
            Some('\\') => literal.push('\\'),
            Some(digit) if digit.is_ascii_digit() => {
                let group = digit.to_digit(10).unwrap_or_default() as usize;
                if group >= groups {
                    let message =
                        format!("`\\{group}`: the expression has {} groups", groups.saturating_sub(1));
                    return Err((message, "put the part to keep in parentheses"));
                }
                pieces.push(Piece::Text(std::mem::take(&mut literal)));
                pieces.push(Piece::Group(group));
            }
            _ => {
                return Err((
                    "a lone backslash".to_owned(),
                    "write `\\0` to `\\9` for a group, `\\\\` for a backslash",
                ));
            }
        }
    }
    pieces.push(Piece::Text(literal));
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::Substitution;
    use crate::document::{Document, Fields, Node, Problems, read};
    use crate::test;

    struct Whole(Substitution);

    impl Document for Whole {
        fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
            let fields = Fields::of(node, &Substitution::FIELDS, problems)?;
            Substitution::from_fields(&fields, problems).map(Self)
        }
    }

    fn apply(document: &str, value: &str) -> Option<String> {
        let Whole(substitution) = read(document.as_bytes()).unwrap();
        substitution.apply(value.as_bytes()).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn every_part_that_is_found_is_replaced() {
        let agent = r#"{"regex": "(.*)/.*", "substitution": "\\1"}"#;
        assert_eq!(apply(agent, "curl/8.0").as_deref(), Some("curl"));
        assert_eq!(apply(agent, "curl"), None);
        assert_eq!(
            apply(r#"{"regex": "a(x)?", "substitution": "[\\1\\\\]"}"#, "axba").as_deref(),
            Some(r"[x\]b[\]")
        );
    }

    #[test]
    fn a_group_that_is_not_there_is_refused() {
        for text in [r"\\2", r"\\x", r"a\\", r"a\n"] {
            let document = format!(r#"{{"regex": "(a)", "substitution": "{text}"}}"#);
            assert!(read::<Whole>(document.as_bytes()).is_err(), "{text}");
        }
    }
}
