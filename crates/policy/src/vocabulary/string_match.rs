//! A match on one string.

use super::pattern::{Span, regex_field};
use crate::document::{Code, Document, Fields, Node, Problems};
use regex::bytes::Regex;

/// A match on one string of bytes: exactly one of `exact`, `prefix`, `suffix`, `contains`, `regex`, and
/// optionally `ignoreCase` (ASCII letters only).
///
/// `regex` must match the whole value, as Envoy's `safe_regex`.
#[derive(Debug, Clone)]
pub struct StringMatch {
    kind: Kind,
    ignore_case: bool,
}

#[derive(Debug, Clone)]
enum Kind {
    Exact(String),
    Prefix(String),
    Suffix(String),
    Contains(String),
    Regex(Regex),
}

/// The fields of which a match has exactly one.
pub(super) const KINDS: [&str; 5] = ["exact", "prefix", "suffix", "contains", "regex"];

impl StringMatch {
    /// Whether `value` matches.
    pub fn matches(&self, value: &[u8]) -> bool {
        match &self.kind {
            Kind::Exact(pattern) => self.same(value, pattern),
            Kind::Prefix(pattern) => value.get(..pattern.len()).is_some_and(|head| self.same(head, pattern)),
            Kind::Suffix(pattern) => value
                .len()
                .checked_sub(pattern.len())
                .and_then(|start| value.get(start..))
                .is_some_and(|tail| self.same(tail, pattern)),
            Kind::Contains(pattern) => {
                pattern.is_empty() || value.windows(pattern.len()).any(|part| self.same(part, pattern))
            }
            Kind::Regex(regex) => regex.is_match(value),
        }
    }

    /// The one value that matches, but for its case, if there is just one.
    pub(super) fn exactly(&self) -> Option<&str> {
        match &self.kind {
            Kind::Exact(text) => Some(text),
            _ => None,
        }
    }

    fn same(&self, value: &[u8], pattern: &str) -> bool {
        if self.ignore_case {
            value.eq_ignore_ascii_case(pattern.as_bytes())
        } else {
            value == pattern.as_bytes()
        }
    }

    /// Reads the match from the fields of an object that may hold others too.
    pub(crate) fn from_fields(fields: &Fields<'_>, problems: &mut Problems) -> Option<Self> {
        let ignore_case = ignore_case(fields, problems);
        let kind = only_kind(fields, &KINDS, problems)?;
        if kind == "regex" {
            let regex = regex_field(fields, Span::Whole, ignore_case?, problems)?;
            return Some(Self { kind: Kind::Regex(regex), ignore_case: ignore_case? });
        }
        let text = fields.required(kind, problems)?;
        Self::of_kind(kind, text, ignore_case?)
    }

    /// A match of a kind other than `regex`.
    pub(super) fn of_kind(kind: &str, text: String, ignore_case: bool) -> Option<Self> {
        let kind = match kind {
            "exact" => Kind::Exact(text),
            "prefix" => Kind::Prefix(text),
            "suffix" => Kind::Suffix(text),
            "contains" => Kind::Contains(text),
            _ => return None,
        };
        Some(Self { kind, ignore_case })
    }
}

impl Document for StringMatch {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let known = [&KINDS[..], &["ignoreCase"]].concat();
        Self::from_fields(&Fields::of(node, &known, problems)?, problems)
    }
}

/// The field `ignoreCase`.
pub(super) fn ignore_case(fields: &Fields<'_>, problems: &mut Problems) -> Option<bool> {
    fields.optional("ignoreCase", problems).map(Option::unwrap_or_default)
}

/// The one field of `kinds` that is there.
pub(super) fn only_kind(
    fields: &Fields<'_>,
    kinds: &[&'static str],
    problems: &mut Problems,
) -> Option<&'static str> {
    let mut there = kinds.iter().copied().filter(|kind| fields.has(kind));
    let list = || format!("`{}`", kinds.join("`, `"));
    match (there.next(), there.next()) {
        (Some(kind), None) => Some(kind),
        (None, _) => {
            problems.add(Code::NO_MATCH, fields.path, "nothing to match", format!("add one of {}", list()));
            None
        }
        (Some(first), Some(second)) => {
            let message = format!("both `{first}` and `{second}`");
            problems.add(Code::TWO_MATCHES, fields.path, message, format!("keep one of {}", list()));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::StringMatch;
    use crate::document::read;
    use crate::test;

    fn string_match(text: &str) -> StringMatch {
        read(text.as_bytes()).unwrap()
    }

    #[test]
    fn each_kind_matches_what_it_says() {
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
    fn what_is_wrong_is_said() {
        let table = [
            (
                "{}",
                "no_match at the configuration: nothing to match; add one of `exact`, `prefix`, `suffix`, `contains`, `regex`",
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
            let problems = read::<StringMatch>(document.as_bytes()).unwrap_err();
            assert_eq!(problems.iter().map(ToString::to_string).collect::<Vec<_>>(), [expected]);
        }
    }
}
