//! Comparison of path patterns.

use policy::vocabulary::{PathMatch, PathShape};

/// Returns true if a pattern matches every path that `other` matches; false if that is not certain.
pub(crate) fn covers(pattern: &PathMatch, other: &PathMatch) -> bool {
    let ignore_case = pattern.ignores_case();
    if other.ignores_case() && !ignore_case {
        return false;
    }
    let same = |one: &str, two: &str| if ignore_case { one.eq_ignore_ascii_case(two) } else { one == two };
    match (pattern.shape(), other.shape()) {
        (PathShape::Regex(one), PathShape::Regex(two)) => one.as_str() == two.as_str(),
        (one, two) if one == two => true,
        // The other pattern may match a path without its last slash.
        _ if pattern.is_about_last_slash() => false,
        // An expression with `(?-i)` may be case-sensitive anyway.
        (PathShape::Regex(_), PathShape::Exact(text)) => !other.ignores_case() && pattern.matches(text),
        (_, PathShape::Exact(text)) => pattern.matches(text),
        (PathShape::Prefix(one), PathShape::Prefix(two)) => {
            strip(two, one, same).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        }
        (PathShape::Prefix(one), PathShape::Regex(two)) => {
            strip(&two.literal_head(ignore_case), one, same).is_some_and(|rest| rest.starts_with('/'))
        }
        (PathShape::Prefix(one), PathShape::Template { segments, .. }) => {
            let is_literal = |(index, part): (usize, &str)| {
                segments.get(index).is_some_and(|segment| segment.is_some_and(|text| same(text, part)))
            };
            one.split('/').skip(1).enumerate().all(is_literal)
        }
        (PathShape::Template { segments, rest }, PathShape::Prefix(two)) => {
            let two: Vec<_> = two.split('/').skip(1).map(Some).collect();
            rest && two.len() >= segments.len() && covers_segments(&segments, &two, same)
        }
        (PathShape::Template { segments: one, rest }, PathShape::Template { segments: two, rest: more }) => {
            let is_length = if rest { two.len() >= one.len() } else { !more && two.len() == one.len() };
            is_length && covers_segments(&one, &two, same)
        }
        (PathShape::Suffix(one), PathShape::Suffix(two)) => {
            let start = two.len().checked_sub(one.len());
            start.and_then(|start| two.get(start..)).is_some_and(|end| same(end, one))
        }
        (
            PathShape::Contains(one),
            PathShape::Suffix(two) | PathShape::Contains(two) | PathShape::Prefix(two),
        ) => {
            let starts = two.char_indices().filter_map(|(at, _)| two.get(at..));
            one.is_empty() || starts.into_iter().any(|rest| strip(rest, one, same).is_some())
        }
        _ => false,
    }
}

/// Returns true if a pattern matches as it is every path that `other` matches in the sense that restricts.
pub(crate) fn covers_spellings(pattern: &PathMatch, other: &PathMatch) -> bool {
    // A denial ignores dots and blanks at the end: `/a.` is not below the prefix `/a`, and is denied like `/a`.
    let covers_ends = match pattern.shape() {
        PathShape::Prefix(text) => text.is_empty() || !other.matches(text),
        PathShape::Template { segments, rest } => rest && segments.last().is_none_or(Option::is_none),
        _ => false,
    };
    covers_ends && !other.folds() && !other.matches_every_path() && covers(pattern, other)
}

/// Returns a path, in lower case and without last slash, that every matching path equals or is below.
pub(crate) fn head(pattern: &PathMatch) -> Option<String> {
    let head = match pattern.shape() {
        PathShape::Exact(text) | PathShape::Prefix(text) => text.to_owned(),
        PathShape::Template { segments, .. } => {
            segments.into_iter().map_while(|text| text).fold(String::new(), |head, text| head + "/" + text)
        }
        PathShape::Regex(regex) => regex.literal_head(true).rsplit_once('/')?.0.to_owned(),
        PathShape::Suffix(_) | PathShape::Contains(_) => return None,
    };
    Some(head.trim_end_matches('/').to_ascii_lowercase())
}

/// Returns true if no path, in any spelling, matches both patterns; false if that is not certain.
pub(crate) fn are_disjoint(one: &PathMatch, other: &PathMatch) -> bool {
    let is_plain = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    let differ = |(one, other): (&str, &str)| {
        // A denial ignores dots at the end of a segment.
        is_plain(one) && is_plain(other) && one.trim_end_matches('.') != other.trim_end_matches('.')
    };
    head(one).zip(head(other)).is_some_and(|(one, other)| one.split('/').zip(other.split('/')).any(differ))
}

/// Returns the rest of a text after its start.
fn strip<'t>(text: &'t str, start: &str, same: impl Fn(&str, &str) -> bool) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(start.len())?;
    same(head, start).then_some(rest)
}

/// Returns true if each segment matches the segment of `other` at its place.
fn covers_segments(
    segments: &[Option<&str>],
    other: &[Option<&str>],
    same: impl Fn(&str, &str) -> bool,
) -> bool {
    segments.iter().zip(other).all(|pair| match pair {
        (Some(one), Some(two)) => same(one, two),
        (Some(_), None) => false,
        // A wildcard matches any segment that is not empty.
        (None, Some(two)) => !two.is_empty(),
        (None, None) => true,
    })
}

#[cfg(test)]
mod tests {
    use super::covers;
    use policy::document::read;
    use policy::vocabulary::PathMatch;

    fn pattern(text: &str) -> PathMatch {
        let (kind, text) = text.split_once(' ').unwrap();
        let (kind, ignore_case) = kind.strip_prefix("i-").map_or((kind, false), |kind| (kind, true));
        let document = serde_json::json!({kind: text, "ignoreCase": ignore_case});
        read(document.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn a_pattern_covers_another_or_does_not() {
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
            assert_eq!(covers(&pattern(one), &pattern(two)), expected, "{one} over {two}");
        }
    }

    /// Every path that the covered pattern matches, the covering one matches: each pair of many patterns on many paths.
    #[test]
    fn a_covering_pattern_matches_every_path_of_the_covered_one() {
        let texts = ["/", "/a", "/A", "/a/", "/a/b", "/ab", "/a/b/c", "/b/a", "/a//b", "/a/b.html"];
        let mut patterns: Vec<PathMatch> = Vec::new();
        for kind in ["exact", "prefix", "suffix", "contains", "template", "regex"] {
            patterns.extend(
                texts.iter().flat_map(|text| {
                    [pattern(&format!("{kind} {text}")), pattern(&format!("i-{kind} {text}"))]
                }),
            );
        }
        for text in ["/{x}", "/{x}/b", "/a/{x}", "/**", "/a/**", "/{x}/**", "/{x}/{y}", "/a/{x}/**", "/A/{x}"]
        {
            patterns.extend([pattern(&format!("template {text}")), pattern(&format!("i-template {text}"))]);
        }
        for text in ["/a/.*", "/a/?", "/a/b|/b", "/a/[a-z]+", "/(?i)A", "/a{2}", "/a/b*"] {
            patterns.extend([pattern(&format!("regex {text}")), pattern(&format!("i-regex {text}"))]);
        }
        patterns.extend([
            pattern("exact *"),
            pattern("suffix l"),
            pattern("contains b/"),
            pattern("suffix /b"),
        ]);
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
        let mut said = 0;
        for (one, two) in patterns.iter().flat_map(|one| patterns.iter().map(move |two| (one, two))) {
            if covers(one, two) {
                said += 1;
                let missed =
                    texts.iter().chain(&further).find(|path| two.matches(path) && !one.matches(path));
                assert_eq!(missed, None, "{one:?} over {two:?}");
            }
        }
        assert!(said > 500, "{said}");
    }
}
