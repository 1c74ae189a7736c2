//! Envoy's matchers for strings, headers and paths.

use crate::expr::Expr;
use crate::field::{get, is_true, text, unknown_fields};
use crate::hosts;
use crate::patterns::{self, Pattern, Text};
use serde_json::Value;

/// Converts a `StringMatcher`; `None` if it is not supported.
pub fn string(matcher: &Value) -> Option<Pattern> {
    if !unknown_fields(matcher, &["exact", "prefix", "suffix", "contains", "safe_regex", "ignore_case"])
        .is_empty()
    {
        return None;
    }
    let [text] = <[Text; 1]>::try_from(texts(matcher, "")).ok()?;
    Some(Pattern { text, ignore_case: is_true(matcher, "ignore_case") })
}

/// Returns the comparisons of a matcher, in fields whose names end in `suffix`.
fn texts(matcher: &Value, suffix: &str) -> Vec<Text> {
    let field = |kind: &str| text(matcher, &format!("{kind}{suffix}")).map(str::to_owned);
    let regex = get(matcher, &format!("safe_regex{suffix}")).and_then(|regex| text(regex, "regex"));
    let found = [
        field("exact").map(Text::Exact),
        field("prefix").map(Text::Prefix),
        field("suffix").map(Text::Suffix),
        field("contains").map(Text::Contains),
        regex.map(|regex| Text::Regex(regex.to_owned())),
    ];
    found.into_iter().flatten().collect()
}

/// Converts a `PathMatcher`, which compares the path without its query.
pub fn url_path(matcher: &Value) -> Expr {
    match get(matcher, "path").and_then(string) {
        Some(pattern) => patterns::path(&pattern),
        None => Expr::Unknown("a path matcher".to_owned()),
    }
}

/// The fields of a `HeaderMatcher` that are supported.
const HEADER: [&str; 10] = [
    "name",
    "invert_match",
    "treat_missing_header_as_empty",
    "present_match",
    "string_match",
    "exact_match",
    "prefix_match",
    "suffix_match",
    "contains_match",
    "safe_regex_match",
];

/// Converts a `HeaderMatcher`.
pub fn header(matcher: &Value) -> Expr {
    let name = text(matcher, "name").unwrap_or_default();
    let invert = is_true(matcher, "invert_match");
    let old = texts(matcher, "_match").into_iter().next();
    let pattern = match (get(matcher, "string_match"), old) {
        (Some(matcher), _) => string(matcher),
        (None, Some(text)) => Some(Pattern::new(text)),
        (None, None) => Some(Pattern::new(Text::Present)),
    };
    let Some(pattern) = pattern.filter(|_| unknown_fields(matcher, &HEADER).is_empty()) else {
        return Expr::Unknown(format!("a matcher for the header `{name}`"));
    };
    if pattern.text == Text::Present {
        let present = get(matcher, "present_match").and_then(Value::as_bool).unwrap_or(true);
        return is_present(name).negate_if(present == invert);
    }
    let matches = matches(name, &pattern);
    if is_true(matcher, "treat_missing_header_as_empty") {
        return match pattern.takes_empty() {
            Some(true) => Expr::Any(vec![is_present(name).negate_if(true), matches]).negate_if(invert),
            Some(false) => matches.negate_if(invert),
            None => Expr::Unknown(format!("the header `{name}`, which counts as empty if it is missing")),
        };
    }
    // A missing header does not match, even with `invert_match`.
    if invert { Expr::All(vec![is_present(name), matches.negate_if(true)]) } else { matches }
}

/// Returns the condition that a header is present. Every request has a method, a path and an authority.
fn is_present(name: &str) -> Expr {
    match name {
        ":method" | ":path" | ":authority" => Expr::True,
        _ => patterns::present(name),
    }
}

fn matches(name: &str, pattern: &Pattern) -> Expr {
    match name {
        ":method" => patterns::methods(std::slice::from_ref(pattern)),
        ":authority" => hosts::any(std::slice::from_ref(pattern)),
        // Includes the query, which a rule matches separately.
        ":path" => Expr::Unknown(format!("the path with its query: {:?}", pattern.text)),
        _ => patterns::header(name, pattern),
    }
}
