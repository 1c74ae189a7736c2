//! A match on one string.

use super::Sense;
use super::folding::fold_value;
use super::pattern::{compiled, folds, whole_regex};
use crate::document::{Code, Definitions, FieldGroup, Fields, Problems, Schema};
use automata::Expression;

/// A match on one string of bytes: one of `exact`, `prefix`, `suffix`, `contains` and `regex`, with optional `ignoreCase`
/// (ASCII letters only).
///
/// `regex` must match the whole value, as Envoy's `safe_regex`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StringMatch {
    pub(super) kind: StringKind,
    pub(super) ignore_case: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum StringKind {
    Exact(String),
    Prefix(String),
    Suffix(String),
    Contains(String, Expression),
    Regex(Expression),
}

/// Returns the expression of the values of headers that patterns are matched on; `None` if it cannot be compiled.
pub fn header_values() -> Option<Expression> {
    thread_local! {
        static VALUES: Option<Expression> =
            Expression::new(r"(?:[^ \t\r\n\x0c\x00](?:[^\r\n\x00]*[^ \t\r\n\x0c\x00])?)?", false).ok();
    }
    VALUES.with(Clone::clone)
}

/// The fields of which a match has exactly one.
pub(super) const KINDS: [&str; 5] = ["exact", "prefix", "suffix", "contains", "regex"];

impl StringMatch {
    /// Returns true if `value` matches in this sense. A match that restricts and ignores case counts the letters beyond ASCII
    /// that fold to ASCII.
    pub fn matches_in(&self, value: &[u8], sense: Sense) -> bool {
        let folds = || sense == Sense::Restrict && self.folds();
        self.matches(value) || (folds() && fold_value(value).is_some_and(|folded| self.matches(&folded)))
    }

    /// Returns true if `value` matches as it is.
    pub fn matches(&self, value: &[u8]) -> bool {
        match &self.kind {
            StringKind::Exact(pattern) => self.is_same(value, pattern),
            StringKind::Prefix(pattern) => {
                value.get(..pattern.len()).is_some_and(|head| self.is_same(head, pattern))
            }
            StringKind::Suffix(pattern) => value
                .len()
                .checked_sub(pattern.len())
                .and_then(|start| value.get(start..))
                .is_some_and(|tail| self.is_same(tail, pattern)),
            StringKind::Contains(_, expression) | StringKind::Regex(expression) => expression.is_match(value),
        }
    }

    /// Returns true for a regular expression.
    pub(super) fn is_regex(&self) -> bool {
        matches!(self.kind, StringKind::Regex(_))
    }

    /// Returns the number of expressions that are matched.
    pub(super) fn passes(&self) -> usize {
        usize::from(matches!(self.kind, StringKind::Contains(..) | StringKind::Regex(_)))
    }

    /// Returns true if the match ignores case.
    pub(super) fn folds(&self) -> bool {
        match &self.kind {
            StringKind::Regex(regex) => folds(regex),
            _ => self.ignore_case,
        }
    }

    /// Returns true if no value of a header matches: values have no blanks around them, and no line breaks.
    pub(super) fn excludes_all_header_values(&self) -> bool {
        let Some(values) = header_values() else { return false };
        match &self.kind {
            StringKind::Exact(text) => !values.is_match(text.as_bytes()),
            StringKind::Prefix(text) => !values.is_match(format!("{text}x").as_bytes()),
            StringKind::Suffix(text) => !values.is_match(format!("x{text}").as_bytes()),
            StringKind::Contains(_, expression) | StringKind::Regex(expression) => {
                expression.is_disjoint(&values)
            }
        }
    }

    /// Returns the text of an `exact` match.
    pub(super) fn exact(&self) -> Option<&str> {
        match &self.kind {
            StringKind::Exact(text) => Some(text),
            _ => None,
        }
    }

    fn is_same(&self, value: &[u8], pattern: &str) -> bool {
        if self.ignore_case {
            value.eq_ignore_ascii_case(pattern.as_bytes())
        } else {
            value == pattern.as_bytes()
        }
    }

    /// Creates a match on the whole value.
    pub(super) fn of_exact(text: String, ignore_case: bool) -> Self {
        Self { kind: StringKind::Exact(text), ignore_case }
    }
}

impl FieldGroup for StringMatch {
    const FIELDS: &'static [&'static str] = &["exact", "prefix", "suffix", "contains", "regex", "ignoreCase"];

    fn from_fields(fields: &Fields<'_>, problems: &mut Problems) -> Option<Self> {
        let ignore_case = ignore_case(fields, problems);
        let kind = fields.only_one(&KINDS, [Code::NO_MATCH, Code::TWO_MATCHES], problems)?;
        let ignore_case = ignore_case?;
        if kind == "regex" {
            let kind = StringKind::Regex(whole_regex(fields, ignore_case, problems)?);
            return Some(Self { kind, ignore_case });
        }
        let text: String = fields.required(kind, problems)?;
        let kind = match kind {
            "exact" => StringKind::Exact(text),
            "prefix" => StringKind::Prefix(text),
            "suffix" => StringKind::Suffix(text),
            _ => {
                let expression = Expression::containing(&text, ignore_case);
                let expression = compiled(kind, expression, fields, problems)?;
                StringKind::Contains(text, expression)
            }
        };
        Some(Self { kind, ignore_case })
    }

    fn describe_fields(schema: Schema, _: &mut Definitions) -> Schema {
        describe_kinds(schema, "value").exactly_one(&KINDS)
    }
}

/// Adds the kinds of matches on a string to the schema of an object; `whole` is what they match.
pub(super) fn describe_kinds(schema: Schema, whole: &str) -> Schema {
    let kinds = [
        ("exact", format!("The whole {whole}.")),
        ("prefix", format!("The start of the {whole}.")),
        ("suffix", format!("The end of the {whole}.")),
        ("contains", format!("A part of the {whole}.")),
        ("regex", format!("The whole {whole}, as a regular expression in RE2 syntax.")),
    ];
    let field = |schema: Schema, (name, about): &(&str, String)| {
        schema.field(name, Schema::of_type("string").about(about))
    };
    let ignore_case = Schema::of_type("boolean").about("Case-insensitive, for ASCII letters only.");
    kinds.iter().fold(schema, field).field("ignoreCase", ignore_case.default_is(Some(false.into())))
}

pub(super) fn ignore_case(fields: &Fields<'_>, problems: &mut Problems) -> Option<bool> {
    fields.optional("ignoreCase", problems).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests {
    use super::StringMatch;
    use crate::document::read;
    use crate::test;

    document! {
        /// A document with the fields of a match.
        pub struct Sample {
            /// The match.
            matcher: StringMatch,
        }
    }

    fn string_match(text: &str) -> StringMatch {
        read::<Sample>(text.as_bytes()).unwrap().matcher
    }

    #[test]
    fn each_kind_matches_its_values() {
        let table: [(&str, &[&str], &[&str]); 7] = [
            (r#"{"exact": "ab"}"#, &["ab"], &["AB", "abc", "a", ""]),
            (r#"{"prefix": "ab"}"#, &["ab", "abc"], &["a", "xab", ""]),
            (r#"{"suffix": "ab"}"#, &["ab", "xab"], &["b", "abx", ""]),
            (r#"{"contains": "ab"}"#, &["ab", "xabx"], &["a", "a b", ""]),
            (r#"{"contains": "ab", "ignoreCase": true}"#, &["xAbx"], &["xx"]),
            (r#"{"regex": "/a|/ab"}"#, &["/a", "/ab"], &["/abc", "x/a", "/a\n"]),
            (r#"{"regex": "a.c", "ignoreCase": true}"#, &["ABC", "a\u{7f}c"], &["a\nc", "ac"]),
        ];
        for (document, yes, no) in table {
            let matcher = string_match(document);
            assert!(yes.iter().all(|value| matcher.matches(value.as_bytes())), "{document}");
            assert!(!no.iter().any(|value| matcher.matches(value.as_bytes())), "{document}");
        }
        assert!(string_match(r#"{"regex": ".*"}"#).matches(b"\xff\xfe"), "any byte");
    }

    #[test]
    fn invalid_matches_are_reported() {
        let table = [
            (
                "{}",
                "no_match at the configuration: one of several fields is required; add one of `exact`, `prefix`, `suffix`, `contains`, `regex`",
            ),
            (
                r#"{"exact": "a", "regex": "b"}"#,
                "two_matches at the configuration: both `exact` and `regex`; keep one of `exact`, `prefix`, `suffix`, `contains`, `regex`",
            ),
            (
                r#"{"regex": "a)(b"}"#,
                "regex at regex: unopened group; write RE2 syntax: no look-around, no back-references, no Unicode classes",
            ),
            (
                r#"{"regex": "(?=a)"}"#,
                "regex at regex: look-around, including look-ahead and look-behind, is not supported; write RE2 syntax: no look-around, no back-references, no Unicode classes",
            ),
        ];
        for (document, expected) in table {
            let problems = read::<Sample>(document.as_bytes()).unwrap_err();
            assert_eq!(problems.iter().map(ToString::to_string).collect::<Vec<_>>(), [expected]);
        }
    }
}
