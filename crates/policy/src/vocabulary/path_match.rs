//! A match on a path.

use super::path_reading::Spelling;
use super::pattern::{compiled, whole_regex};
use super::string_match::{describe_kinds, ignore_case};
use super::{PathExpression, PathReading, PathShape, Sense, StringMatch, Template};
use crate::document::{Code, Definitions, Document, Fields, Node, Problems, Schema};
use crate::http::{canonical_paths, canonical_pattern};
use automata::Expression;

/// The fields of which a match has exactly one.
const KINDS: [&str; 6] = ["exact", "prefix", "suffix", "contains", "regex", "template"];

/// A match on one reading of a path, without its query.
///
/// It is a [`StringMatch`], except that `prefix` matches whole segments (`/api` and `/api/` match `/api` and `/api/x`, not
/// `/apiary`), and that there is `template`. Patterns are converted to the canonical form: `/caf%c3%a9`, `/caf%C3%A9` and
/// `/café` are the same pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathMatch {
    /// The first segments.
    Prefix(PathPrefix),
    /// A template.
    Template(Template),
    /// `suffix`, `contains` or `regex`.
    Expression(PathExpression),
    /// The whole path.
    Exact(StringMatch),
}

/// The first segments of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPrefix {
    /// Without the last slash: empty for `/`.
    text: String,
    ignore_case: bool,
}

impl PathPrefix {
    /// Returns the rest of the path after the prefix, if the path starts with these segments. It is empty or starts with `/`.
    pub fn strip<'p>(&self, path: &'p str) -> Option<&'p str> {
        let (head, rest) = path.split_at_checked(self.text.len())?;
        let is_same =
            if self.ignore_case { head.eq_ignore_ascii_case(&self.text) } else { head == self.text };
        (is_same && (rest.is_empty() || rest.starts_with('/'))).then_some(rest)
    }
}

impl PathMatch {
    /// Returns what the pattern matches.
    pub fn shape(&self) -> PathShape<'_> {
        match self {
            Self::Prefix(prefix) => PathShape::Prefix(&prefix.text),
            Self::Template(template) => template.shape(),
            Self::Expression(expression) => expression.shape(),
            Self::Exact(text) => PathShape::Exact(text.exact().unwrap_or_default()),
        }
    }

    /// Returns true if the pattern ignores the case of ASCII letters.
    pub fn ignores_case(&self) -> bool {
        match self {
            Self::Prefix(prefix) => prefix.ignore_case,
            Self::Template(template) => template.ignore_case,
            Self::Expression(expression) => expression.ignores_case(),
            Self::Exact(text) => text.ignore_case,
        }
    }

    /// Returns true if a reading matches in this sense.
    ///
    /// Unless the policy keeps the end of the path, a match that restricts counts the reading with and without its last slash,
    /// and without dots and blanks at the end of its segments. If the pattern ignores case, it also counts the letters beyond ASCII that fold to
    /// ASCII.
    pub fn matches_in(&self, reading: PathReading<'_>, sense: Sense) -> bool {
        let matches = self.matches_spelling(reading.spelling());
        if matches || sense == Sense::Grant {
            return matches;
        }
        let (mut every, ignores_end) = (reading.every(self.folds()), reading.ignores_end);
        (reading.text == "*" && self.matches_every_path())
            || every.any(|spelling| {
                self.matches_spelling(spelling) || (ignores_end && self.matches_other_slash(spelling))
            })
    }

    fn matches_spelling(&self, spelling: Spelling<'_>) -> bool {
        match self {
            Self::Expression(expression) => match spelling.scan() {
                Some(scan) => expression.is_in(&scan.matches),
                None => expression.matches(spelling.text),
            },
            _ => self.matches(spelling.text),
        }
    }

    /// Returns true if the pattern matches every path, as far as that is easy to see.
    pub fn matches_every_path(&self) -> bool {
        match self.shape() {
            PathShape::Prefix(text) | PathShape::Suffix(text) => text.is_empty(),
            PathShape::Contains(text) => matches!(text, "" | "/"),
            PathShape::Template { segments, rest } => rest && segments.is_empty(),
            PathShape::Regex(regex) => matches!(regex.as_str(), ".*" | "/.*"),
            PathShape::Exact(_) => false,
        }
    }

    /// Returns true if the pattern is about the last slash of a path itself, as the suffix `/` is. It does not match a path
    /// without that slash.
    pub fn is_about_last_slash(&self) -> bool {
        matches!(self, Self::Expression(expression) if expression.is_about_last_slash())
    }

    /// Returns true if the path without its last slash matches, or with one if it has none. `/` has no other spelling.
    fn matches_other_slash(&self, spelling: Spelling<'_>) -> bool {
        let path = spelling.text;
        match (path.strip_suffix('/'), self) {
            // Prefixes are of whole segments.
            (Some(""), _) | (_, Self::Prefix(_)) => false,
            (without, Self::Expression(expression)) => match spelling.scan() {
                Some(scan) => {
                    (without.is_some() || !expression.is_about_last_slash())
                        && expression.is_in(&scan.toggled)
                }
                None => without.is_some_and(|without| self.matches(without)),
            },
            (Some(without), _) => self.matches(without),
            (None, Self::Template(template)) => template.matches_with_slash(path),
            (None, Self::Exact(text)) => {
                let is_longer = text.exact().is_some_and(|text| text.len() == path.len() + 1);
                is_longer && self.matches(&format!("{path}/"))
            }
        }
    }

    /// Returns true if the pattern, or a part of it, ignores case.
    pub fn folds(&self) -> bool {
        match self {
            Self::Expression(expression) => expression.folds(),
            _ => self.ignores_case(),
        }
    }

    /// Returns true if the path matches as it is.
    pub fn matches(&self, path: &str) -> bool {
        match self {
            Self::Prefix(prefix) => prefix.strip(path).is_some(),
            Self::Template(template) => template.matches(path),
            Self::Expression(expression) => expression.matches(path),
            Self::Exact(text) => text.matches(path.as_bytes()),
        }
    }
}

impl Document for PathMatch {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let known = [&KINDS[..], &["ignoreCase"]].concat();
        let fields = Fields::of(node, &known, problems)?;
        let ignore_case = ignore_case(&fields, problems);
        let kind = fields.only_one(&KINDS, [Code::NO_MATCH, Code::TWO_MATCHES], problems)?;
        let path = fields.path.field(kind);
        let at = Node { path: &path, ..node };
        let text: String = fields.required(kind, problems)?;
        let ignore_case = ignore_case?;
        match kind {
            "regex" => {
                let expression = whole_regex(&fields, ignore_case, problems)?;
                if let Some(help) = never_matches(&expression) {
                    return problems.invalid(Code::PATH_PATTERN, at.path, NEVER_MATCHES, help);
                }
                Some(Self::Expression(PathExpression::regex(expression)))
            }
            "template" => Template::parse(at, &text, ignore_case, problems).map(Self::Template),
            "prefix" if text.ends_with("//") => {
                let help = "remove all but one of the last slashes; a `regex` matches empty segments";
                problems.invalid(Code::PATH_PATTERN, at.path, "a prefix ends in several slashes", help)
            }
            "prefix" => {
                let text = canonical(at, &text, problems)?.trim_end_matches('/').to_owned();
                Some(Self::Prefix(PathPrefix { text, ignore_case }))
            }
            "exact" if text != "*" => {
                let text = canonical(at, &text, problems)?;
                Some(Self::Exact(StringMatch::of_exact(text, ignore_case)))
            }
            "exact" => Some(Self::Exact(StringMatch::of_exact(text, ignore_case))),
            // A part of a path need not start with `/`: it is parsed as the end of a segment.
            _ => {
                let whole = canonical(at, &format!("/x{text}"), problems)?;
                let part = whole.get(2..).unwrap_or_default().to_owned();
                let (create, expression): (fn(_, _, _) -> _, _) = if kind == "suffix" {
                    (PathExpression::suffix, Expression::ending_with(&part, ignore_case))
                } else {
                    (PathExpression::contains, Expression::containing(&part, ignore_case))
                };
                let expression = compiled(kind, expression, &fields, problems)?;
                Some(Self::Expression(create(part, expression, ignore_case)))
            }
        }
    }

    fn describe(definitions: &mut Definitions) -> Schema {
        definitions.define(module_path!(), stringify!(PathMatch), |_| {
            let template =
                "`{name}` or `*` is one segment; a final `**` is any number of segments, including none.";
            let prefix = "Whole segments: `/api` matches `/api` and `/api/x`, not `/apiary`.";
            describe_kinds(Schema::object().about("A match on a path without its query."), "path")
                .field("prefix", Schema::of_type("string").with("pattern", "^/").about(prefix))
                .field("template", Schema::of_type("string").with("pattern", "^/").about(template))
                .exactly_one(&KINDS)
        })
    }
}

const NEVER_MATCHES: &str = "no canonical path matches this pattern";

/// Returns the fix of an expression that matches no canonical path; `None` if it matches one.
fn never_matches(expression: &Expression) -> Option<&'static str> {
    if !expression.is_disjoint(&canonical_paths()?) {
        return None;
    }
    let text = expression.as_str();
    Some(if !text.is_ascii() || text.contains('%') {
        "write bytes as in canonical paths: letters, digits, `-`, `.`, `_` and `~` as they are, others as upper-case escapes: \
         `%C3%A9`"
    } else if text.contains("\\?") {
        "match the query with `query`"
    } else if !text.trim_start_matches(['^', '(']).starts_with(['/', '.', '[', '\\', '?']) {
        "the expression matches the whole path: start with `/`, or with `.*` if it matches a part"
    } else {
        "write the expression for canonical paths, which start with `/` and have no `.` and `..` segments, query or control \
         characters"
    })
}

fn canonical(node: Node<'_>, text: &str, problems: &mut Problems) -> Option<String> {
    if text.contains('*') {
        let help = "remove it from a `prefix`, or use a `template`; a `regex` matches a literal `*`";
        return problems.invalid(Code::PATH_PATTERN, node.path, "`*` is not a wildcard here", help);
    }
    canonical_pattern(text)
        .map_err(|help| problems.add(Code::PATH_PATTERN, node.path, NEVER_MATCHES, help))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::PathMatch;
    use crate::document::read;
    use crate::test;
    use crate::vocabulary::PathShape;

    #[test]
    fn a_prefix_matches_whole_segments() {
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
    fn a_pattern_has_a_shape() {
        let shape = |document: &str| {
            let pattern: &'static PathMatch = Box::leak(Box::new(read(document.as_bytes()).unwrap()));
            pattern.shape()
        };
        assert_eq!(shape(r#"{"exact": "/a%7eb"}"#), PathShape::Exact("/a~b"));
        assert_eq!(shape(r#"{"prefix": "/"}"#), PathShape::Prefix(""));
        assert_eq!(shape(r#"{"prefix": "/a/b/"}"#), PathShape::Prefix("/a/b"));
        let template = PathShape::Template { segments: vec![Some("a"), None, None], rest: false };
        assert_eq!(shape(r#"{"template": "/a/*/{x}"}"#), template);
        assert_eq!(shape(r#"{"template": "/**"}"#), PathShape::Template { segments: vec![], rest: true });
        assert_eq!(shape(r#"{"suffix": ".php"}"#), PathShape::Suffix(".php"));
    }

    #[test]
    fn a_pattern_that_matches_no_canonical_path_is_rejected() {
        for (pattern, help) in [
            ("api", "start with `/`"),
            ("/a/../b", "remove `.` and `..` segments"),
            ("/a?b=1", "match the query with `query`"),
            ("/a%zz", "write `%` as `%25`"),
            ("/a/*", "remove it from a `prefix`, or use a `template`; a `regex` matches a literal `*`"),
        ] {
            let problems = read::<PathMatch>(format!(r#"{{"prefix": "{pattern}"}}"#).as_bytes()).unwrap_err();
            let problem = if pattern.contains('*') {
                "`*` is not a wildcard here"
            } else {
                "no canonical path matches this pattern"
            };
            let expected = format!("path_pattern at prefix: {problem}; {help}");
            assert_eq!(problems[0].to_string(), expected);
        }
    }

    #[test]
    fn an_expression_that_matches_no_canonical_path_is_rejected() {
        for (regex, help) in [
            ("admin", "the expression matches the whole path: start with `/`"),
            (r"/admin\?x=1", "match the query with `query`"),
            ("/%41dmin", "write bytes as in canonical paths"),
            ("/caf\u{e9}", "write bytes as in canonical paths"),
            ("/caf%c3%a9", "write bytes as in canonical paths"),
            (r"/a/\.\./b", "write the expression for canonical paths"),
            ("/a b", "write the expression for canonical paths"),
            ("[a&&b]", "write the expression for canonical paths"),
        ] {
            let document = serde_json::json!({"regex": regex}).to_string();
            let problems = read::<PathMatch>(document.as_bytes()).unwrap_err();
            let expected = format!("path_pattern at regex: no canonical path matches this pattern; {help}");
            assert!(problems[0].to_string().starts_with(&expected), "{regex}: {}", problems[0]);
        }
        for regex in [".*admin", "/admin|admin", "[/]a", r"\*", "/%3[aA]", r"/a/\.\..*", "(?i)/%c3%a9"] {
            let document = serde_json::json!({"regex": regex}).to_string();
            assert!(read::<PathMatch>(document.as_bytes()).is_ok(), "{regex}");
        }
        assert!(read::<PathMatch>(br#"{"regex": "/%c3%a9", "ignoreCase": true}"#).is_ok());
    }

    #[test]
    fn a_pattern_that_would_lose_its_empty_segments_is_rejected() {
        for pattern in [r#"{"prefix": "//"}"#, r#"{"prefix": "/a//"}"#] {
            let problems = read::<PathMatch>(pattern.as_bytes()).unwrap_err();
            assert!(problems[0].to_string().contains("several slashes"), "{pattern}");
        }
        for pattern in ["//**", "/a//**", "/a//b/**"] {
            let document = serde_json::json!({"template": pattern}).to_string();
            let problems = read::<PathMatch>(document.as_bytes()).unwrap_err();
            assert!(problems[0].to_string().contains("empty segment"), "{pattern}");
        }
    }
}
