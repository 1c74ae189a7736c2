//! Regular expressions that a simpler pattern can replace.

use crate::language::{escape, is_equivalent};
use crate::walk::Place;
use crate::warning::{below, warning};
use automata::Expression;
use policy::document::{Problem, read};
use policy::vocabulary::{PathMatch, header_values};
use serde_json::{Value, json};

pub(crate) fn check(place: Place<'_>, found: &mut Vec<Problem>) {
    let text = place.value.get("regex").and_then(Value::as_str);
    // A substitution needs its expression.
    let (Some(text), None) = (text, place.value.get("substitution")) else { return };
    let ignore_case = place.value.get("ignoreCase").and_then(Value::as_bool).unwrap_or_default();
    if let Some((kind, simple)) = simpler(text, ignore_case, place.field) {
        let message = format!("regular expression `{text}` is a simple pattern");
        let matches = if place.field == "paths" { "paths" } else { "values" };
        let help = format!("write `{kind}: {simple}`, which matches the same {matches}");
        found.push(warning("simple_regex", below(place.path, "regex"), message, help));
    }
}

/// Returns the kind and the text of a simpler pattern that is equivalent, for an expression in a list of this name.
fn simpler(text: &str, ignore_case: bool, field: &str) -> Option<(&'static str, String)> {
    let text = text.strip_prefix('^').unwrap_or(text);
    let text = text.strip_suffix('$').filter(|rest| !rest.ends_with('\\')).unwrap_or(text);
    let mut candidates = match field {
        "paths" => path_candidates(text),
        _ => value_candidates(text),
    };
    candidates.retain(|(_, simple)| !simple.is_empty());
    candidates.into_iter().find(|(kind, simple)| match field {
        "paths" => {
            let pattern = |kind: &str, text: &str| {
                read::<PathMatch>(json!({kind: text, "ignoreCase": ignore_case}).to_string().as_bytes()).ok()
            };
            let patterns = pattern("regex", text).zip(pattern(kind, simple));
            patterns.is_some_and(|(regex, simple)| is_equivalent(&regex, &simple))
        }
        // A match that restricts counts the items of a list in one line, except with an expression.
        "headers" => false,
        "require" | "forbid" => {
            header_values().is_some_and(|values| matches_same(text, kind, simple, ignore_case, &values))
        }
        // Parameters and claims may contain any byte.
        _ => Expression::new("(?s:.*)", false)
            .is_ok_and(|values| matches_same(text, kind, simple, ignore_case, &values)),
    })
}

/// Returns patterns of paths that may be equivalent to an expression.
fn path_candidates(text: &str) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let below = ["(/.*)?", "(?:/.*)?", "(/|/.*)?", "(|/.*)"].iter().find_map(|end| text.strip_suffix(end));
    if let Some(prefix) = below.and_then(literal) {
        found.push(("prefix", prefix));
    }
    if text == "/.*" {
        found.push(("prefix", "/".to_owned()));
    }
    found.extend(value_candidates(text).into_iter().filter(|(kind, _)| *kind != "prefix"));
    let (segments, rest) = below.map_or((text, ""), |segments| (segments, "/**"));
    if segments.contains("[^/]+")
        && let Some(literal) = literal(&segments.replace("[^/]+", "\u{1}"))
    {
        found.push(("template", literal.replace('\u{1}', "*") + rest));
    }
    found
}

/// Returns patterns of values that may be equivalent to an expression.
fn value_candidates(text: &str) -> Vec<(&'static str, String)> {
    let (middle, starts) = text.strip_prefix(".*").map_or((text, true), |rest| (rest, false));
    let (middle, ends) = middle.strip_suffix(".*").map_or((middle, true), |rest| (rest, false));
    let kind = match (starts, ends) {
        (true, true) => "exact",
        (true, false) => "prefix",
        (false, true) => "suffix",
        (false, false) => "contains",
    };
    literal(middle).map(|text| (kind, text)).into_iter().collect()
}

/// Returns true if a pattern matches the same of these values as an expression.
fn matches_same(regex: &str, kind: &str, simple: &str, ignore_case: bool, values: &Expression) -> bool {
    let simple = escape(simple);
    let simple = match kind {
        "prefix" => format!("{simple}(?s:.*)"),
        "suffix" => format!("(?s:.*){simple}"),
        "contains" => format!("(?s:.*){simple}(?s:.*)"),
        _ => simple,
    };
    let expressions =
        Expression::new(regex, ignore_case).ok().zip(Expression::new(&simple, ignore_case).ok());
    expressions
        .is_some_and(|(one, two)| one.is_subset_among(&two, values) && two.is_subset_among(&one, values))
}

/// Returns the only text that an expression matches, if there is only one.
fn literal(regex: &str) -> Option<String> {
    let mut text = String::new();
    let mut characters = regex.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.push(characters.next().filter(char::is_ascii_punctuation)?),
            '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '^' | '$' => return None,
            other => text.push(other),
        }
    }
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::simpler;

    #[test]
    fn simple_expressions_have_an_equivalent_pattern() {
        for (field, regex, expected) in [
            ("paths", "/api(/.*)?", Some(("prefix", "/api"))),
            ("paths", "/.*", Some(("prefix", "/"))),
            ("paths", r".*\.html", Some(("suffix", ".html"))),
            ("paths", ".*admin.*", Some(("contains", "admin"))),
            ("paths", "^/a$", Some(("exact", "/a"))),
            ("paths", "/users/[^/]+/files", Some(("template", "/users/*/files"))),
            ("paths", "/users/[^/]+(/.*)?", Some(("template", "/users/*/**"))),
            ("paths", "/v[0-9]+/.*", None),
            // Not the same paths: `/static`, and `/apix`.
            ("paths", "/static/.*", None),
            ("paths", "/api.*", None),
            // No patterns of the engine: a query, the root, and a segment that is not whole.
            ("paths", r"/admin\?x=1", None),
            ("paths", r".*/\.\.", None),
            ("paths", "/v[^/]+", None),
            ("require", "Mozilla.*", Some(("prefix", "Mozilla"))),
            ("headers", "Mozilla.*", None),
            ("forbid", ".*bot.*", Some(("contains", "bot"))),
            ("require", r"a\$", Some(("exact", "a$"))),
            ("require", ".*", None),
            ("require", "a|b", None),
            ("require", r"\d.*", None),
            // The value of a parameter may have a line break.
            ("query", ".*bot.*", None),
            ("query", "(?s).*", None),
            ("claims", "admin", Some(("exact", "admin"))),
        ] {
            let found = simpler(regex, false, field);
            assert_eq!(
                found.as_ref().map(|(kind, text)| (*kind, text.as_str())),
                expected,
                "{field} {regex}"
            );
        }
    }
}
