//! A path template.

use super::PathShape;
use crate::document::{Code, Node, Problems};
use crate::http::canonical_pattern;

/// A path template: `{name}` or `*` is one segment that is not empty; a final `**` is any number of segments, including
/// none.
///
/// `/users/{id}/files/**` matches `/users/7/files`, `/users/7/files/a/b`, and not `/users/7`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    segments: Vec<Segment>,
    /// Whether the template ends in `**`.
    rest: bool,
    pub(super) ignore_case: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Literal(String),
    Any(Option<String>),
}

impl Template {
    /// Returns true if the path matches.
    pub fn matches(&self, path: &str) -> bool {
        self.walk(path, |_, _| ())
    }

    /// Returns true if the path with a further slash matches.
    pub(super) fn matches_with_slash(&self, path: &str) -> bool {
        let ends_in_slash = matches!(self.segments.last(), Some(Segment::Literal(last)) if last.is_empty());
        let segments = || path.strip_prefix('/').map(|path| path.split('/').chain([""]));
        ends_in_slash && segments().is_some_and(|segments| self.walk_segments(segments, |_, _| ()))
    }

    /// Returns the segments of the names, if the path matches.
    pub fn captures<'p>(&self, path: &'p str) -> Option<Vec<(&str, &'p str)>> {
        let mut captures = Vec::new();
        self.walk(path, |name, segment| captures.push((name, segment))).then_some(captures)
    }

    /// Returns the names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Any(Some(name)) => Some(name.as_str()),
            _ => None,
        })
    }

    /// Returns what the template matches.
    pub(super) fn shape(&self) -> PathShape<'_> {
        fn literal(segment: &Segment) -> Option<&str> {
            match segment {
                Segment::Literal(text) => Some(text),
                Segment::Any(_) => None,
            }
        }
        PathShape::Template { segments: self.segments.iter().map(literal).collect(), rest: self.rest }
    }

    fn walk<'s, 'p>(&'s self, path: &'p str, capture: impl FnMut(&'s str, &'p str)) -> bool {
        path.strip_prefix('/').is_some_and(|path| self.walk_segments(path.split('/'), capture))
    }

    fn walk_segments<'s, 'p>(
        &'s self,
        mut found: impl Iterator<Item = &'p str>,
        mut capture: impl FnMut(&'s str, &'p str),
    ) -> bool {
        for segment in &self.segments {
            let matches = match (segment, found.next()) {
                (_, None) => false,
                (Segment::Literal(literal), Some(text)) if self.ignore_case => {
                    literal.eq_ignore_ascii_case(text)
                }
                (Segment::Literal(literal), Some(text)) => literal == text,
                (Segment::Any(name), Some(text)) => {
                    if let Some(name) = name {
                        capture(name, text);
                    }
                    !text.is_empty()
                }
            };
            if !matches {
                return false;
            }
        }
        self.rest || found.next().is_none()
    }

    /// Parses a template, or adds a problem of `node`.
    pub(super) fn parse(
        node: Node<'_>,
        text: &str,
        ignore_case: bool,
        problems: &mut Problems,
    ) -> Option<Self> {
        let mut problem =
            |message: String, help: &str| problems.invalid(Code::TEMPLATE, node.path, message, help);
        let Some(path) = text.strip_prefix('/') else {
            return problem(format!("template `{text}` does not start with `/`"), "start with `/`");
        };
        let (path, rest) = match path.strip_suffix("**") {
            Some("") => ("", true),
            // `**` includes empty segments: without this check they would be lost.
            Some(path) if path.starts_with('/') || path.contains("//") => {
                let message = format!("empty segment in `{text}` before `**`");
                return problem(message, "remove the empty segment; a `regex` matches empty segments");
            }
            Some(path) if path.ends_with('/') => (path.trim_end_matches('/'), true),
            Some(_) => return problem(format!("`**` in `{text}` is not a whole segment"), "write `/**`"),
            None => (path, false),
        };
        let mut segments: Vec<Segment> = Vec::new();
        for part in path.split('/').filter(|part| !(rest && part.is_empty())) {
            let segment = match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                Some(name)
                    if !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') =>
                {
                    if segments.iter().any(|s| matches!(s, Segment::Any(Some(other)) if other == name)) {
                        return problem(format!("duplicate name `{{{name}}}`"), "give each its own name");
                    }
                    Segment::Any(Some(name.to_owned()))
                }
                None if part == "*" => Segment::Any(None),
                None if !part.contains(['*', '{', '}']) => match canonical_pattern(&format!("/{part}")) {
                    Ok(canonical) => Segment::Literal(canonical.trim_start_matches('/').to_owned()),
                    Err(help) => return problem(format!("invalid path segment `{part}`"), &help),
                },
                _ => {
                    let help = "write text, `*`, or `{name}` with letters, digits and `_`; `**` must be last";
                    return problem(format!("invalid template segment `{part}`"), help);
                }
            };
            segments.push(segment);
        }
        Some(Self { segments, rest, ignore_case })
    }
}

#[cfg(test)]
mod tests {
    use crate::document::read;
    use crate::test;
    use crate::vocabulary::PathMatch;

    #[test]
    fn a_template_matches_segments() {
        let table: [(&str, &[&str], &[&str]); 6] = [
            (
                "/users/{id}",
                &["/users/7", "/users/%2F"],
                &["/users", "/users/", "/users/7/", "/users/7/x", "/Users/7"],
            ),
            (
                "/users/*/files/**",
                &["/users/7/files", "/users/7/files/", "/users/7/files/a/b"],
                &["/users/7", "/users//files"],
            ),
            ("/**", &["/", "/a", "/a/b"], &["*"]),
            ("/", &["/"], &["/a"]),
            ("/a/", &["/a/"], &["/a"]),
            ("/caf\u{e9}/%7euser", &["/caf%C3%A9/~user"], &["/caf%E9/~user"]),
        ];
        for (template, yes, no) in table {
            let compiled: PathMatch = read(format!(r#"{{"template": "{template}"}}"#).as_bytes()).unwrap();
            assert!(yes.iter().all(|path| compiled.matches(path)), "{template}");
            assert!(!no.iter().any(|path| compiled.matches(path)), "{template}");
        }
    }

    #[test]
    fn invalid_templates_are_rejected() {
        for template in ["a", "/a**", "/**/b", "/{a}/{a}", "/v{n}", "/{}", "/a/../b", "/a?b"] {
            assert!(
                read::<PathMatch>(format!(r#"{{"template": "{template}"}}"#).as_bytes()).is_err(),
                "{template}"
            );
        }
    }
}
