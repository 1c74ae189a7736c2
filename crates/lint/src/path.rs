//! Patterns of paths: which of them takes all that another does.

use policy::document::read;
use policy::http::canonical_pattern;
use policy::vocabulary::PathMatch;
use serde_json::Value;
use std::cell::OnceCell;

/// A pattern of paths.
#[derive(Debug)]
pub(crate) struct Pattern<'v> {
    shape: Shape,
    ignore_case: bool,
    value: &'v Value,
    /// It as the engine has it, made where it is needed: a regular expression takes long to compile.
    matcher: OnceCell<Option<PathMatch>>,
}

/// What it says, in the canonical form.
#[derive(Debug, PartialEq, Eq)]
enum Shape {
    Exact(String),
    /// Without its last slash.
    Prefix(String),
    Suffix(String),
    Contains(String),
    Regex(String),
    /// Any segment in the place of `None`.
    Template {
        segments: Vec<Option<String>>,
        rest: bool,
    },
}

impl<'v> Pattern<'v> {
    /// Reads a pattern that the engine takes.
    pub(crate) fn read(value: &'v Value) -> Option<Self> {
        let ignore_case = value.get("ignoreCase").and_then(Value::as_bool).unwrap_or_default();
        let text = |kind: &str| value.get(kind).and_then(Value::as_str);
        // A part of a path need not start with `/`.
        let part = |text: &str| canonical_pattern(&format!("/x{text}")).ok()?.get(2..).map(str::to_owned);
        let shape = if text("exact") == Some("*") {
            Shape::Exact("*".to_owned())
        } else if let Some(text) = text("exact") {
            Shape::Exact(canonical_pattern(text).ok()?)
        } else if let Some(text) = text("prefix") {
            Shape::Prefix(canonical_pattern(text).ok()?.trim_end_matches('/').to_owned())
        } else if let Some(text) = text("suffix") {
            Shape::Suffix(part(text)?)
        } else if let Some(text) = text("contains") {
            Shape::Contains(part(text)?)
        } else if let Some(text) = text("regex") {
            Shape::Regex(text.to_owned())
        } else {
            template(text("template")?)?
        };
        Some(Self { shape, ignore_case, value, matcher: OnceCell::new() })
    }

    /// One text for all spellings of it.
    pub(crate) fn spelled(&self) -> String {
        format!("{:?} {}", self.shape, self.ignore_case)
    }

    /// The path that every path it matches is or stands below, in lower case and without a last slash.
    pub(crate) fn head(&self) -> Option<String> {
        let head = match &self.shape {
            Shape::Exact(text) | Shape::Prefix(text) => text.clone(),
            Shape::Template { segments, .. } => {
                let literal = segments.iter().map_while(Option::as_ref);
                literal.fold(String::new(), |head, segment| head + "/" + segment)
            }
            Shape::Regex(text) => literal_head(text).rsplit_once('/')?.0.to_owned(),
            Shape::Suffix(_) | Shape::Contains(_) => return None,
        };
        Some(head.trim_end_matches('/').to_ascii_lowercase())
    }

    /// Whether it can take what stands below its head: an index by heads finds it.
    pub(crate) fn is_found_by_head(&self) -> bool {
        matches!(self.shape, Shape::Exact(_) | Shape::Prefix(_) | Shape::Template { .. })
    }

    fn matches(&self, path: &str) -> bool {
        let make = || read::<PathMatch>(self.value.to_string().as_bytes()).ok();
        self.matcher.get_or_init(make).as_ref().is_some_and(|matcher| matcher.matches(path))
    }

    /// Whether it matches every path that `other` does. Where that is hard to tell, it says no.
    pub(crate) fn covers(&self, other: &Pattern<'_>) -> bool {
        if other.ignore_case && !self.ignore_case {
            return false;
        }
        let same = |one: &str, two: &str| same(one, two, self.ignore_case);
        match (&self.shape, &other.shape) {
            (one, two) if one == two => true,
            // With `(?-i)` in it an expression may care for case all the same.
            (Shape::Regex(_), Shape::Exact(text)) => !other.ignore_case && self.matches(text),
            (_, Shape::Exact(text)) => self.matches(text),
            (Shape::Prefix(one), Shape::Prefix(two)) => {
                behind(two, one, same).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }
            (Shape::Prefix(one), Shape::Regex(two)) => {
                behind(literal_head(two), one, same).is_some_and(|rest| rest.starts_with('/'))
            }
            (Shape::Prefix(one), Shape::Template { segments, .. }) => {
                let literal = |(index, part): (usize, &str)| match segments.get(index) {
                    Some(Some(segment)) => same(segment, part),
                    _ => false,
                };
                one.split('/').skip(1).enumerate().all(literal)
            }
            (Shape::Template { segments, rest }, Shape::Prefix(two)) => {
                let two = two.split('/').skip(1).map(Some);
                *rest && two.clone().count() >= segments.len() && takes(segments, two, same)
            }
            (Shape::Template { segments: one, rest }, Shape::Template { segments: two, rest: more }) => {
                let enough = if *rest { two.len() >= one.len() } else { !more && two.len() == one.len() };
                enough && takes(one, two.iter().map(Option::as_deref), same)
            }
            (Shape::Suffix(one), Shape::Suffix(two)) => {
                let start = two.len().checked_sub(one.len());
                start.and_then(|start| two.get(start..)).is_some_and(|end| same(end, one))
            }
            (Shape::Contains(one), Shape::Suffix(two) | Shape::Contains(two) | Shape::Prefix(two)) => {
                let starts = two.char_indices().filter_map(|(at, _)| two.get(at..));
                one.is_empty() || starts.into_iter().any(|rest| behind(rest, one, same).is_some())
            }
            _ => false,
        }
    }
}

fn same(one: &str, two: &str, ignore_case: bool) -> bool {
    if ignore_case { one.eq_ignore_ascii_case(two) } else { one == two }
}

/// What stands behind the start of a text, where it has this start.
fn behind<'t>(text: &'t str, start: &str, same: impl Fn(&str, &str) -> bool) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(start.len())?;
    same(head, start).then_some(rest)
}

/// Whether each segment of one takes the segment of the other at its place.
fn takes<'t>(
    one: &[Option<String>],
    two: impl Iterator<Item = Option<&'t str>>,
    same: impl Fn(&str, &str) -> bool,
) -> bool {
    one.iter().zip(two).all(|pair| match pair {
        (Some(one), Some(two)) => same(one, two),
        (Some(_), None) => false,
        // Any segment is one that is not empty.
        (None, Some(two)) => !two.is_empty(),
        (None, None) => true,
    })
}

fn template(text: &str) -> Option<Shape> {
    let path = text.strip_prefix('/')?;
    let (path, rest) = match path.strip_suffix("**") {
        Some(path) => (path.trim_end_matches('/'), true),
        None => (path, false),
    };
    let segment = |part: &str| {
        let any = part == "*" || (part.starts_with('{') && part.ends_with('}'));
        let literal = || canonical_pattern(&format!("/{part}")).ok();
        if any { Some(None) } else { Some(Some(literal()?.trim_start_matches('/').to_owned())) }
    };
    let parts = path.split('/').filter(|part| !(rest && part.is_empty()));
    Some(Shape::Template { segments: parts.map(segment).collect::<Option<_>>()?, rest })
}

/// The bytes that whatever matches starts with, as far as they are easily seen.
fn literal_head(regex: &str) -> &str {
    if regex.contains('|') {
        return "";
    }
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'~' | b'%');
    let length = regex.bytes().take_while(plain).count();
    let repeated = regex.as_bytes().get(length).is_some_and(|byte| matches!(byte, b'?' | b'*' | b'+' | b'{'));
    regex.get(..length.saturating_sub(usize::from(repeated))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Pattern;
    use serde_json::Value;

    fn value(text: &str) -> Value {
        let (kind, text) = text.split_once(' ').unwrap();
        let (kind, ignore_case) = kind.strip_prefix("i-").map_or((kind, false), |kind| (kind, true));
        serde_json::json!({kind: text, "ignoreCase": ignore_case})
    }

    #[test]
    fn a_pattern_takes_all_that_another_does_or_does_not() {
        for (one, two, expected) in [
            ("prefix /a", "prefix /a/b", true),
            ("prefix /a/", "prefix /a", true),
            ("prefix /a", "prefix /ab", false),
            ("prefix /a", "exact /a/b", true),
            ("prefix /", "prefix /a", true),
            ("prefix /", "exact *", false),
            ("prefix /caf%c3%a9", "exact /café/x", true),
            ("i-prefix /A", "prefix /a/b", true),
            ("prefix /a", "i-prefix /a/b", false),
            ("i-prefix /A", "i-template /a/{x}", true),
            ("prefix /a/b", "template /a/{x}", false),
            ("prefix /a", "template /a/**", true),
            ("prefix /a/b", "template /a/**", false),
            ("prefix /a", "regex /a/[0-9]+", true),
            ("prefix /a", "regex /a[0-9]+", false),
            ("prefix /a", "regex /a/b|/c", false),
            ("prefix /a", "regex /a/?x", false),
            ("template /{x}/b", "template /a/b", true),
            ("template /{x}/b", "template /{y}/b", true),
            ("template /a/b", "template /{y}/b", false),
            ("template /{x}/**", "template /a/b/c", true),
            ("template /{x}/**", "prefix /a/b", true),
            ("template /{x}", "prefix /a", false),
            ("template /{x}/**", "template /**", false),
            ("template /**", "prefix /", true),
            ("template /{x}", "exact /", false),
            ("regex /v[0-9]/x", "exact /v1/x", true),
            ("i-regex /v[0-9]/X", "i-exact /v1/x", false),
            ("regex /v[0-9]", "regex /v[0-9]", true),
            ("suffix .html", "suffix x.html", true),
            ("suffix .html", "exact /a.html", true),
            ("contains b", "prefix /abc", true),
            ("contains x", "suffix b", false),
            ("exact /a", "prefix /a", false),
        ] {
            let (first, second) = (value(one), value(two));
            let (first, second) = (Pattern::read(&first).unwrap(), Pattern::read(&second).unwrap());
            assert_eq!(first.covers(&second), expected, "{one} over {two}");
        }
    }

    /// Whatever the other takes, it takes too: each pair of many patterns on each of many paths.
    #[test]
    fn what_is_said_of_patterns_is_so() {
        let texts = ["/", "/a", "/A", "/a/", "/a/b", "/ab", "/a/b/c", "/b/a", "/a//b", "/a/b.html"];
        let mut patterns: Vec<Value> = Vec::new();
        for kind in ["exact", "prefix", "suffix", "contains", "template", "regex"] {
            patterns.extend(
                texts
                    .iter()
                    .flat_map(|text| [value(&format!("{kind} {text}")), value(&format!("i-{kind} {text}"))]),
            );
        }
        for text in ["/{x}", "/{x}/b", "/a/{x}", "/**", "/a/**", "/{x}/**", "/{x}/{y}", "/a/{x}/**", "/A/{x}"]
        {
            patterns.extend([value(&format!("template {text}")), value(&format!("i-template {text}"))]);
        }
        for text in ["/a/.*", "/a/?", "/a/b|/b", "/a/[a-z]+", "/(?i)A", "/a{2}", "/a/b*"] {
            patterns.extend([value(&format!("regex {text}")), value(&format!("i-regex {text}"))]);
        }
        patterns.extend([value("exact *"), value("suffix l"), value("contains b/"), value("suffix /b")]);
        let further = [
            "*",
            "/b",
            "/a/x",
            "/a/b/",
            "/a/",
            "/aa",
            "/a/B",
            "/A/B",
            "/a/bbb",
            "/x/b/y.html",
            "/a/b/c/d",
            "//",
        ];
        let patterns: Vec<Pattern<'_>> = patterns.iter().map(|value| Pattern::read(value).unwrap()).collect();
        let mut said = 0;
        for (one, two) in patterns.iter().flat_map(|one| patterns.iter().map(move |two| (one, two))) {
            if one.covers(two) {
                said += 1;
                let missed =
                    texts.iter().chain(&further).find(|path| two.matches(path) && !one.matches(path));
                assert_eq!(missed, None, "{one:?} over {two:?}");
            }
        }
        assert!(said > 500, "{said}");
    }
}
