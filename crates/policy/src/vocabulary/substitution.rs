//! Replacement of the matches of a regular expression.

use super::pattern::part_regex;
use crate::document::{Code, Definitions, FieldGroup, Fields, Problems, Schema};
use crate::http::Budget;
use crate::reason::Reason;
use automata::{longest_match, search_width};
use regex::bytes::{Captures, Regex};

/// The steps of looking for a match in a byte, with up to so many states in which a search can be at once, and for each further
/// state. In a module it takes about 55 ns for each, many times as long as a step of a table.
const SEARCH: usize = 60;
const FEW_STATES: usize = 4;
const FURTHER_STATE: usize = 40;

/// The further steps of a match that is empty, after which the search starts again.
const EMPTY: usize = 60;

/// The fields `regex` and `substitution`: every match in a value is replaced, as by Envoy's `RegexMatchAndSubstitute`. In the
/// substitution `\0` to `\9` are groups, `\\` is a backslash.
#[derive(Debug, Clone)]
pub struct Substitution {
    regex: Regex,
    /// The longest text that the expression can find, in bytes, if there is a limit.
    longest: Option<usize>,
    /// The steps of a search for each byte.
    steps: usize,
    /// Whether the replacement has groups other than the whole match.
    has_groups: bool,
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
    /// A search may read the rest of the value, however short the match is: `[^b]*c|x` finds an `x` after it has looked for a
    /// `c` up to the end. The steps of each search are spent before it starts.
    ///
    /// # Errors
    /// Returns the reason if the budget does not suffice.
    pub(crate) fn apply(&self, value: &[u8], budget: &Budget) -> Result<Option<Vec<u8>>, Reason> {
        // A search for groups takes twice as long: most values have no match.
        if self.has_groups {
            budget.spend(value.len(), self.steps)?;
            if !self.regex.is_match(value) {
                return Ok(None);
            }
        }
        let steps = if self.has_groups { self.steps.saturating_mul(2) } else { self.steps };
        // All searches together read the value once, and the bytes after a match once more.
        let once = self.longest.map_or(0, |_| value.len());
        budget.spend(once, steps)?;
        let (mut replaced, mut rest) = (Vec::with_capacity(value.len()), value);
        let (mut ranges, mut groups) = (self.regex.find_iter(value), self.regex.captures_iter(value));
        let mut next = || {
            let captures = if self.has_groups { Some(groups.next()?) } else { None };
            let found = captures.as_ref().map_or_else(|| ranges.next(), |captures| captures.get(0))?;
            Some((found.range(), captures))
        };
        let mut is_found = false;
        loop {
            let again = self.longest.map_or(rest.len(), |longest| longest.min(rest.len()));
            budget.spend(again + 1, steps)?;
            let Some((range, captures)) = next() else { break };
            is_found = true;
            budget.spend(usize::from(range.is_empty()), EMPTY)?;
            let place = value.len() - rest.len();
            replaced.extend_from_slice(value.get(place..range.start).unwrap_or_default());
            rest = value.get(range.end..).unwrap_or_default();
            self.replace(value.get(range).unwrap_or_default(), captures.as_ref(), &mut replaced);
        }
        replaced.extend_from_slice(rest);
        Ok(is_found.then_some(replaced))
    }

    /// Adds the replacement of a match.
    fn replace(&self, found: &[u8], captures: Option<&Captures<'_>>, out: &mut Vec<u8>) {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.extend_from_slice(text.as_bytes()),
                Piece::Group(0) => out.extend_from_slice(found),
                Piece::Group(group) => {
                    let group = captures.and_then(|captures| captures.get(*group));
                    out.extend_from_slice(group.map_or(&b""[..], |found| found.as_bytes()));
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
        let regex = part_regex(fields, problems);
        let text: Option<String> = fields.required("substitution", problems);
        let (regex, text) = (regex?, text?);
        match pieces(&text, regex.captures_len()) {
            Ok(pieces) => {
                let width = search_width(regex.as_str()).unwrap_or(usize::MAX);
                let further = width.saturating_sub(FEW_STATES);
                let steps = further.saturating_mul(FURTHER_STATE).saturating_add(SEARCH);
                let has_groups =
                    pieces.iter().any(|piece| matches!(piece, Piece::Group(group) if *group > 0));
                Some(Self { longest: longest_match(regex.as_str()), regex, steps, has_groups, pieces })
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
        // Each match makes a search for the first alternative up to the end of the value.
        for regex in ["[^b]*c|x", "(.*/)?index|x", "[a-z]+_id|x"] {
            assert_eq!(cost(regex, &"x".repeat(8_000)), Err(Reason::TOO_COSTLY), "{regex}");
            assert_eq!(cost(regex, &"x".repeat(100)), Ok(0), "{regex}");
        }
        assert_eq!(cost("x", &"x".repeat(4_000)), Ok(0));
        // The time of a search grows with the states in which it can be.
        for regex in ["x.{0,50}y", "(?:x?){200}z"] {
            assert_eq!(cost(regex, &"x".repeat(8_000)), Err(Reason::TOO_COSTLY), "{regex}");
        }
        assert_eq!(cost("session=[^;]*", &format!("session=1; {}", "x".repeat(8_000))), Ok(8_002));
    }

    #[test]
    fn unknown_groups_and_escapes_are_rejected() {
        for text in [r"\\2", r"\\x", r"a\\", r"a\n"] {
            let document = format!(r#"{{"regex": "(a)", "substitution": "{text}"}}"#);
            assert!(read::<Whole>(document.as_bytes()).is_err(), "{text}");
        }
    }
}
