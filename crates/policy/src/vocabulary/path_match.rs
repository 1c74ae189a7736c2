//! A match on a path.

use super::pattern::{Span, regex_field, whole};
use super::string_match::{ignore_case, only_kind};
use super::{StringMatch, Template};
use crate::document::{Code, Document, Fields, Node, Problems};
use crate::http::canonical_pattern;
use regex::bytes::Regex;

/// The fields of which a match has exactly one.
pub(super) const KINDS_OF_PATHS: [&str; 6] = ["exact", "prefix", "suffix", "contains", "regex", "template"];

/// A match on one reading of a path, without its query.
///
/// As [`StringMatch`], but `prefix` is by whole segments (`/api` and `/api/` match `/api` and `/api/x`, not
/// `/apiary`), and there is `template`. What a policy writes is brought to the canonical form first: `/caf%c3%a9`,
/// `/caf%C3%A9` and `/café` are one pattern.
#[derive(Debug, Clone)]
pub enum PathMatch {
    /// Segments at the start.
    Prefix(PathPrefix),
    /// A template.
    Template(Template),
    /// A regular expression for the whole path.
    Regex(Regex),
    /// Anything else.
    Text(StringMatch),
}

/// What a path must have for a pattern to match it, as far as an index can use it; without case.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PathKey<'m> {
    /// It is this.
    Exact(&'m str),
    /// It starts with these bytes.
    Head(&'m str),
    /// It has these segments, any in the place of `None`, and with `rest` any number more.
    Segments { segments: Vec<Option<&'m str>>, rest: bool },
    /// Nothing that an index knows.
    Any,
}

/// Segments at the start of a path.
#[derive(Debug, Clone)]
pub struct PathPrefix {
    /// Without its last slash: empty for `/`.
    text: String,
    ignore_case: bool,
}

impl PathPrefix {
    /// What follows the prefix, starting with `/` unless it is empty, if the path starts with these segments.
    pub fn strip<'p>(&self, path: &'p str) -> Option<&'p str> {
        let (head, rest) = path.split_at_checked(self.text.len())?;
        let same = if self.ignore_case { head.eq_ignore_ascii_case(&self.text) } else { head == self.text };
        (same && (rest.is_empty() || rest.starts_with('/'))).then_some(rest)
    }
}

impl PathMatch {
    /// What a path must have.
    pub(crate) fn key(&self) -> PathKey<'_> {
        match self {
            Self::Prefix(prefix) => {
                let segments = prefix.text.split('/').skip(1).map(Some).collect();
                PathKey::Segments { segments, rest: true }
            }
            Self::Template(template) => template.key(),
            Self::Regex(regex) => match literal_head(whole(regex)) {
                "" => PathKey::Any,
                head => PathKey::Head(head),
            },
            Self::Text(text) => text.exactly().map_or(PathKey::Any, PathKey::Exact),
        }
    }

    /// Whether the path matches.
    pub fn matches(&self, path: &str) -> bool {
        match self {
            Self::Prefix(prefix) => prefix.strip(path).is_some(),
            Self::Template(template) => template.matches(path),
            Self::Regex(regex) => regex.is_match(path.as_bytes()),
            Self::Text(text) => text.matches(path.as_bytes()),
        }
    }
}

impl Document for PathMatch {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let known = [&KINDS_OF_PATHS[..], &["ignoreCase"]].concat();
        let fields = Fields::of(node, &known, problems)?;
        let ignore_case = ignore_case(&fields, problems);
        let kind = only_kind(&fields, &KINDS_OF_PATHS, problems)?;
        let path = fields.path.field(kind);
        let at = Node { path: &path, ..node };
        if kind == "regex" {
            let text = fields.required::<String>(kind, problems)?;
            if !ignore_case? && has_dead_text(&text) {
                let help = "write bytes beyond ASCII as a canonical path has them: `%C3%A9`, in upper case";
                at.problem(problems, Code::PATH_PATTERN, "no canonical path matches this", help);
                return None;
            }
            return regex_field(&fields, Span::Whole, ignore_case?, problems).map(Self::Regex);
        }
        let text: String = fields.required(kind, problems)?;
        match kind {
            "template" => Template::parse(at, &text, ignore_case?, problems).map(Self::Template),
            "prefix" => {
                let text = canonical(at, &text, problems)?.trim_end_matches('/').to_owned();
                Some(Self::Prefix(PathPrefix { text, ignore_case: ignore_case? }))
            }
            "exact" if text != "*" => {
                StringMatch::of_kind(kind, canonical(at, &text, problems)?, ignore_case?).map(Self::Text)
            }
            "exact" => StringMatch::of_kind(kind, text, ignore_case?).map(Self::Text),
            // A part of a path need not start with `/`: it is read behind a segment that has begun.
            _ => {
                let whole = canonical(at, &format!("/x{text}"), problems)?;
                let part = whole.get(2..).unwrap_or_default().to_owned();
                StringMatch::of_kind(kind, part, ignore_case?).map(Self::Text)
            }
        }
    }
}

/// The bytes that whatever matches starts with, as far as they are easily seen.
fn literal_head(regex: &str) -> &str {
    // Of alternatives each has its own start; and what may be left out or repeated is no start.
    if regex.contains('|') {
        return "";
    }
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'~' | b'%');
    let length = regex.bytes().take_while(|byte| plain(byte)).count();
    let repeated = regex.as_bytes().get(length).is_some_and(|byte| matches!(byte, b'?' | b'*' | b'+' | b'{'));
    regex.get(..length.saturating_sub(usize::from(repeated))).unwrap_or_default()
}

/// Whether a regular expression asks for what no canonical path has: bytes beyond ASCII, or an escape in lower case.
fn has_dead_text(regex: &str) -> bool {
    let lower = |escape: &str| {
        let mut digits = escape.bytes().take(2);
        let (Some(high), Some(low)) = (digits.next(), digits.next()) else { return false };
        high.is_ascii_hexdigit()
            && low.is_ascii_hexdigit()
            && (high.is_ascii_lowercase() || low.is_ascii_lowercase())
    };
    !regex.is_ascii() || regex.split('%').skip(1).any(lower)
}

fn canonical(node: Node<'_>, text: &str, problems: &mut Problems) -> Option<String> {
    if text.contains('*') {
        let help = "leave it out of a `prefix`, or write a `template`; a `regex` finds a `*` itself";
        node.problem(problems, Code::PATH_PATTERN, "a `*` stands for nothing here", help);
        return None;
    }
    canonical_pattern(text)
        .map_err(|help| node.problem(problems, Code::PATH_PATTERN, "no canonical path matches this", help))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::{PathKey, PathMatch, literal_head};
    use crate::document::read;
    use crate::test;

    #[test]
    fn a_prefix_is_by_whole_segments() {
        let table: [(&str, &[&str], &[&str]); 9] = [
            (r#"{"prefix": "/api"}"#, &["/api", "/api/", "/api/x"], &["/apiary", "/ap", "/API", "/x/api"]),
            (r#"{"prefix": "/api/"}"#, &["/api", "/api/x"], &["/apiary"]),
            (r#"{"prefix": "/"}"#, &["/", "/x", "//x"], &["*"]),
            (r#"{"prefix": "/Admin", "ignoreCase": true}"#, &["/aDMIN/x"], &["/administrator"]),
            (r#"{"exact": "/a%7eb/%c3%a9"}"#, &["/a~b/%C3%A9"], &["/a~b/%c3%a9"]),
            (r#"{"exact": "*"}"#, &["*"], &["/"]),
            (r#"{"suffix": ".php"}"#, &["/x.php"], &["/x.php/y"]),
            (r#"{"contains": "..%7e"}"#, &["/x..~y"], &["/x~"]),
            (r#"{"regex": "/a(/.*)?"}"#, &["/a", "/a/b"], &["/ab", "/x/a"]),
        ];
        for (document, yes, no) in table {
            let compiled: PathMatch = read(document.as_bytes()).unwrap();
            assert!(yes.iter().all(|path| compiled.matches(path)), "{document}");
            assert!(!no.iter().any(|path| compiled.matches(path)), "{document}");
        }
    }

    #[test]
    fn what_matches_has_the_key() {
        let key = |document: &str| {
            let pattern: &'static PathMatch = Box::leak(Box::new(read(document.as_bytes()).unwrap()));
            pattern.key()
        };
        assert_eq!(key(r#"{"exact": "/a"}"#), PathKey::Exact("/a"));
        let segments =
            |segments: &[Option<&'static str>], rest| PathKey::Segments { segments: segments.to_vec(), rest };
        assert_eq!(key(r#"{"prefix": "/"}"#), segments(&[], true));
        assert_eq!(key(r#"{"prefix": "/a/b/"}"#), segments(&[Some("a"), Some("b")], true));
        assert_eq!(key(r#"{"template": "/a/*/{x}"}"#), segments(&[Some("a"), None, None], false));
        assert_eq!(key(r#"{"template": "/**"}"#), segments(&[], true));
        assert_eq!(key(r#"{"suffix": ".php"}"#), PathKey::Any);
        assert_eq!(key(r#"{"regex": "/a/[0-9]+"}"#), PathKey::Head("/a/"));
        assert_eq!(key(r#"{"regex": "(?i)/a"}"#), PathKey::Any);
        for (regex, head) in
            [("/a?b", "/"), ("/ab{2}", "/a"), ("/a|/b", ""), (r"/a\.b", "/a"), ("/a.b", "/a"), ("", "")]
        {
            assert_eq!(literal_head(regex), head, "{regex}");
        }
    }

    #[test]
    fn a_pattern_that_no_canonical_path_has_is_refused() {
        for (pattern, help) in [
            ("api", "start with `/`"),
            ("/a/../b", "write it without `.` and `..` segments"),
            ("/a?b=1", "match the query by `query`"),
            ("/a%zz", "write `%` as `%25`"),
            ("/a/*", "leave it out of a `prefix`, or write a `template`; a `regex` finds a `*` itself"),
        ] {
            let problems = read::<PathMatch>(format!(r#"{{"prefix": "{pattern}"}}"#).as_bytes()).unwrap_err();
            let problem = if pattern.contains('*') {
                "a `*` stands for nothing here"
            } else {
                "no canonical path matches this"
            };
            let expected = format!("path_pattern at prefix: {problem}; {help}");
            assert_eq!(problems[0].to_string(), expected);
        }
    }
}
