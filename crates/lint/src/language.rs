//! Path patterns as expressions, to compare them exactly.

use automata::Expression;
use policy::http::canonical_paths;
use policy::vocabulary::{PathMatch, PathShape};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// The maximum sum, over all comparisons, of the products of the numbers of states.
const MAX_WORK: usize = 1 << 21;

/// Exact comparisons of patterns, within a budget for a policy. Beyond it no comparison is certain.
#[derive(Debug)]
pub(crate) struct Comparisons {
    /// The expression of each pattern that was compared, by its address.
    expressions: RefCell<HashMap<*const PathMatch, Option<Expression>>>,
    work: Cell<usize>,
}

impl Comparisons {
    pub(crate) fn new() -> Self {
        Self { expressions: RefCell::default(), work: Cell::new(MAX_WORK) }
    }

    /// Returns true if a pattern matches every path that `other` matches, in either sense; false if that is not certain.
    pub(crate) fn includes(&self, pattern: &PathMatch, other: &PathMatch) -> bool {
        if other.folds() && !pattern.folds()
            || other.matches_every_path() && !pattern.matches_every_path()
            // The other pattern may match a path without its last slash.
            || pattern.is_about_last_slash()
        {
            return false;
        }
        let (Some(paths), Some(one), Some(two)) =
            (canonical_paths(), self.expression(pattern), self.expression(other))
        else {
            return false;
        };
        // Every match of the other pattern starts with the head of this one.
        if !two.literal_head(true).starts_with(&one.literal_head(true)) {
            return false;
        }
        let Some(rest) = self.work.get().checked_sub(one.states().saturating_mul(two.states())) else {
            return false;
        };
        self.work.set(rest);
        two.is_subset_among(&one, &paths)
    }

    fn expression(&self, pattern: &PathMatch) -> Option<Expression> {
        let mut expressions = self.expressions.borrow_mut();
        expressions.entry(std::ptr::from_ref(pattern)).or_insert_with(|| expression(pattern)).clone()
    }
}

/// Returns true if two patterns match the same paths, in either sense; false if that is not certain.
pub(crate) fn is_equivalent(one: &PathMatch, two: &PathMatch) -> bool {
    let (Some(paths), Some(first), Some(second)) = (canonical_paths(), expression(one), expression(two))
    else {
        return false;
    };
    one.folds() == two.folds()
        && one.matches_every_path() == two.matches_every_path()
        && one.is_about_last_slash() == two.is_about_last_slash()
        && first.is_subset_among(&second, &paths)
        && second.is_subset_among(&first, &paths)
}

/// Returns the expression of the paths that a pattern matches as they are.
pub(crate) fn expression(pattern: &PathMatch) -> Option<Expression> {
    let below = "(?:/(?s:.*))?";
    let text = match pattern.shape() {
        PathShape::Exact(text) => escape(text),
        PathShape::Prefix(text) => escape(text) + below,
        PathShape::Suffix(text) => return Expression::ending_with(text, pattern.ignores_case()).ok(),
        PathShape::Contains(text) => return Expression::containing(text, pattern.ignores_case()).ok(),
        PathShape::Regex(expression) => return Some(expression.clone()),
        PathShape::Template { segments, rest: true } if segments.is_empty() => "/(?s:.*)".to_owned(),
        PathShape::Template { segments, rest } => {
            let segment = |text: Option<&str>| format!("/{}", text.map_or("[^/]+".to_owned(), escape));
            let segments: String = segments.into_iter().map(segment).collect();
            segments + if rest { below } else { "" }
        }
    };
    Expression::new(&text, pattern.ignores_case()).ok()
}

/// Returns the expression that matches a text.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        if character.is_ascii_punctuation() {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::expression;
    use policy::document::read;
    use policy::vocabulary::PathMatch;

    #[test]
    fn the_expression_of_a_pattern_matches_the_same_paths() {
        let paths = [
            "/", "/a", "/A", "/a/", "/a/b", "/ab", "/a/b/c", "/b/a.b", "/a//b", "*", "//", "/a.b", "/a-b",
            "/a/b/",
        ];
        let mut checked = 0;
        for (kind, text) in [
            ("exact", "/"),
            ("exact", "/a.b"),
            ("exact", "*"),
            ("prefix", "/"),
            ("prefix", "/a"),
            ("suffix", ".b"),
            ("suffix", "/"),
            ("contains", "a/b"),
            ("template", "/"),
            ("template", "/**"),
            ("template", "/{x}"),
            ("template", "/a/**"),
            ("template", "/a/{x}/**"),
            ("template", "/{x}/b"),
            ("regex", "/a.*"),
        ] {
            for ignore_case in [false, true] {
                let document = serde_json::json!({kind: text, "ignoreCase": ignore_case});
                let pattern: PathMatch = read(document.to_string().as_bytes()).unwrap();
                let expression = expression(&pattern).unwrap();
                for path in paths {
                    assert_eq!(
                        expression.is_match(path.as_bytes()),
                        pattern.matches(path),
                        "{document} on {path}"
                    );
                    checked += 1;
                }
            }
        }
        assert!(checked > 400);
    }
}
