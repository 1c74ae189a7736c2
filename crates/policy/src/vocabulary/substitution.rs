//! Replacement of the matches of a regular expression.

use super::pattern::finder;
use crate::document::{Code, Definitions, FieldGroup, Fields, Problems, Schema};
use crate::http::Budget;
use crate::reason::Reason;
use automata::{Finder, Occurrence};

/// The bytes of a result that are written in one step.
const WRITTEN: usize = 8;

/// The fields `regex` and `substitution`: every match in a value is replaced, as by Envoy's `RegexMatchAndSubstitute`. In the
/// substitution `\0` to `\9` are groups, `\\` is a backslash.
#[derive(Debug, Clone)]
pub struct Substitution {
    finder: Finder,
    /// The number of groups that are found: those of the replacement, and the whole occurrence.
    groups: usize,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone)]
enum Piece {
    Text(String),
    Group(usize),
}

impl Substitution {
    /// Returns the value after the replacement; `None` if the expression does not match.
    ///
    /// # Errors
    /// Returns the reason if the budget does not suffice.
    pub(crate) fn apply(&self, value: &[u8], budget: &Budget) -> Result<Option<Vec<u8>>, Reason> {
        let (mut replaced, mut end, mut outcome) = (Vec::new(), None, Ok(()));
        let mut replace = |found: &Occurrence| {
            let before = value.get(end.unwrap_or_default()..found.range().start).unwrap_or_default();
            replaced.extend_from_slice(before);
            let start = replaced.len();
            self.write(value, found, &mut replaced);
            outcome = outcome.and_then(|()| budget.spend(1, (replaced.len() - start) / WRITTEN));
            end = Some(found.range().end);
            outcome.ok()
        };
        let spend: &mut dyn FnMut(usize) -> Option<()> = &mut |steps| budget.spend(1, steps).ok();
        self.finder.find(value, self.groups, spend, &mut replace).ok_or(Reason::TOO_COSTLY)?;
        let Some(end) = end else { return Ok(None) };
        replaced.extend_from_slice(value.get(end..).unwrap_or_default());
        Ok(Some(replaced))
    }

    /// Writes the replacement of an occurrence.
    fn write(&self, value: &[u8], found: &Occurrence, out: &mut Vec<u8>) {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.extend_from_slice(text.as_bytes()),
                Piece::Group(group) => {
                    let group = found.group(*group).and_then(|range| value.get(range));
                    out.extend_from_slice(group.unwrap_or_default());
                }
            }
        }
    }

    /// Returns true if the replacement contains the character.
    pub fn writes(&self, character: char) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains(character)))
    }
}

impl FieldGroup for Substitution {
    const FIELDS: &'static [&'static str] = &["regex", "substitution"];

    fn from_fields(fields: &Fields<'_>, problems: &mut Problems) -> Option<Self> {
        let finder = finder(fields, problems);
        let text: Option<String> = fields.required("substitution", problems);
        let (finder, text) = (finder?, text?);
        match pieces(&text, finder.groups()) {
            Ok(pieces) => {
                let groups = pieces.iter().map(|piece| match piece {
                    Piece::Text(_) => 0,
                    Piece::Group(group) => *group,
                });
                Some(Self { groups: 1 + groups.max().unwrap_or_default(), finder, pieces })
            }
            Err((message, help)) => {
                problems.invalid(Code::SUBSTITUTION, &fields.path.field("substitution"), message, help)
            }
        }
    }

    fn describe_fields(schema: Schema, _: &mut Definitions) -> Schema {
        Self::describe_optional(schema).needs(Self::FIELDS)
    }
}

impl Substitution {
    /// Adds the fields to the schema of an object in which they are optional.
    pub(crate) fn describe_optional(schema: Schema) -> Schema {
        let regex = "A regular expression in RE2 syntax; each match is replaced.";
        let text = r"The replacement: `\0` is the match, `\1` to `\9` are its groups, `\\` is a backslash.";
        schema
            .field("regex", Schema::of_type("string").about(regex))
            .field("substitution", Schema::of_type("string").about(text))
    }
}

fn pieces(text: &str, groups: usize) -> Result<Vec<Piece>, (String, &'static str)> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character.is_control() {
            return Err(("control character in a substitution".to_owned(), "remove it"));
        }
        if character == '$' && characters.clone().next().is_some_and(|next| next.is_ascii_digit()) {
            return Err(("`$` does not refer to a group".to_owned(), "write `\\1` for the first group"));
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
                    let message = format!(
                        "no group `\\{group}`: the expression has {} groups",
                        groups.saturating_sub(1)
                    );
                    return Err((message, "put parentheses around the part to keep"));
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
    use crate::document::{Definitions, Document, Node, Problems, Schema, read, read_group};
    use crate::http::Budget;
    use crate::reason::Reason;
    use crate::test;

    struct Whole(Substitution);

    impl Document for Whole {
        fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
            read_group(node, problems).map(Self)
        }

        fn describe(_: &mut Definitions) -> Schema {
            Schema::default()
        }
    }

    fn apply(document: &str, value: &str) -> Option<String> {
        let Whole(substitution) = read(document.as_bytes()).unwrap();
        let replaced = substitution.apply(value.as_bytes(), &Budget::new()).unwrap();
        replaced.map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn every_match_is_replaced() {
        let agent = r#"{"regex": "(.*)/.*", "substitution": "\\1"}"#;
        assert_eq!(apply(agent, "curl/8.0").as_deref(), Some("curl"));
        assert_eq!(apply(agent, "curl"), None);
        assert_eq!(
            apply(r#"{"regex": "a(x)?", "substitution": "[\\1\\\\]"}"#, "axba").as_deref(),
            Some(r"[x\]b[\]")
        );
    }

    #[test]
    fn the_work_is_bounded() {
        let cost = |regex: &str, value: &str| {
            let document = format!(r#"{{"regex": "{regex}", "substitution": ""}}"#);
            let Whole(substitution) = read(document.as_bytes()).unwrap();
            substitution.apply(value.as_bytes(), &Budget::new()).map(|replaced| replaced.unwrap().len())
        };
        // Each occurrence makes a search for the first alternative up to the end of the value.
        for regex in ["[^b]*c|x", "(.*/)?index|x", "[a-z]+_id|x"] {
            assert_eq!(cost(regex, &"x".repeat(8_000)), Err(Reason::TOO_COSTLY), "{regex}");
            assert_eq!(cost(regex, &"x".repeat(100)), Ok(0), "{regex}");
        }
        assert_eq!(cost("x", &"x".repeat(4_000)), Ok(0));
        // The time of a search grows with the states in which it is.
        for regex in ["x.{0,50}y", "(?:x?){200}z"] {
            assert_eq!(cost(regex, &"x".repeat(8_000)), Err(Reason::TOO_COSTLY), "{regex}");
        }
        // What is not found costs little.
        assert_eq!(cost("session=[^;]*", &format!("session=1; {}", "x".repeat(60_000))), Ok(60_002));
    }

    #[test]
    fn unknown_groups_and_escapes_are_rejected() {
        for text in [r"\\2", r"\\x", r"a\\", r"a\n"] {
            let document = format!(r#"{{"regex": "(a)", "substitution": "{text}"}}"#);
            assert!(read::<Whole>(document.as_bytes()).is_err(), "{text}");
        }
    }
}
