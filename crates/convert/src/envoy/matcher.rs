//! Envoy's matchers for strings, headers and paths.

use crate::expr::Expr;
use crate::field::{get, is_true, others, text};
use crate::hosts;
use crate::patterns::{self, Pattern, Text};
use serde_json::Value;

/// A field, and the comparison of its text.
type Kind = (&'static str, fn(String) -> Text);

/// Converts a `StringMatcher`; `None` if it is not supported.
pub fn string(matcher: &Value) -> Option<Pattern> {
    let kinds: [Kind; 4] = [
        ("exact", Text::Exact),
        ("prefix", Text::Prefix),
        ("suffix", Text::Suffix),
        ("contains", Text::Contains),
    ];
    if !others(matcher, &["exact", "prefix", "suffix", "contains", "safe_regex", "ignore_case"]).is_empty() {
        return None;
    }
    let regex = get(matcher, "safe_regex").and_then(|regex| text(regex, "regex"));
    let texts = kinds.iter().filter_map(|(kind, of)| text(matcher, kind).map(|text| of(text.to_owned())));
    let mut found = texts.chain(regex.map(|regex| Text::Regex(regex.to_owned())));
    match (found.next(), found.next()) {
        (Some(text), None) => Some(Pattern { text, ignore_case: is_true(matcher, "ignore_case") }),
        _ => None,
    }
}

/// Converts a `PathMatcher`, which compares the path without its query.
pub fn url_path(matcher: &Value) -> Expr {
    match get(matcher, "path").and_then(string) {
        Some(pattern) => patterns::path(&pattern),
        None => Expr::Unknown("a path matcher".to_owned()),
    }
}

/// The comparison of a `HeaderMatcher`, without `invert_match`.
enum Comparison {
    Present(bool),
    Text(Pattern),
}

/// Converts a `HeaderMatcher`.
pub fn header(matcher: &Value) -> Expr {
    let name = text(matcher, "name").unwrap_or_default();
    let Some(comparison) = comparison(matcher) else {
        return Expr::Unknown(format!("a matcher for the header `{name}`"));
    };
    let invert = is_true(matcher, "invert_match");
    let pattern = match comparison {
        Comparison::Present(present) => return is_present(name).negate_if(present == invert),
        Comparison::Text(pattern) => pattern,
    };
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

fn comparison(matcher: &Value) -> Option<Comparison> {
    let known = [
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
    if !others(matcher, &known).is_empty() {
        return None;
    }
    let old: [Kind; 4] = [
        ("exact_match", Text::Exact),
        ("prefix_match", Text::Prefix),
        ("suffix_match", Text::Suffix),
        ("contains_match", Text::Contains),
    ];
    let old = old.iter().find_map(|(field, of)| text(matcher, field).map(|text| of(text.to_owned())));
    let regex = get(matcher, "safe_regex_match").and_then(|regex| text(regex, "regex"));
    let old = old.or(regex.map(|regex| Text::Regex(regex.to_owned())));
    if let Some(matcher) = get(matcher, "string_match") {
        return string(matcher).map(Comparison::Text);
    }
    match (old, get(matcher, "present_match").and_then(Value::as_bool)) {
        (Some(text), _) => Some(Comparison::Text(Pattern::of(text))),
        (None, Some(present)) => Some(Comparison::Present(present)),
        (None, None) => Some(Comparison::Present(true)),
    }
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
