//! Envoy's matchers of strings, headers and paths.

use crate::expr::Expr;
use crate::field::{get, is_true, others, text};
use crate::hosts;
use crate::patterns::{self, Pattern, Text};
use serde_json::Value;

/// A field, and what its text is.
type Kind = (&'static str, fn(String) -> Text);

/// A `StringMatcher`.
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

/// A `PathMatcher`: of the path without its query.
pub fn url_path(matcher: &Value) -> Expr {
    match get(matcher, "path").and_then(string) {
        Some(pattern) => patterns::path(&pattern),
        None => Expr::Unknown("a matcher of paths".to_owned()),
    }
}

/// What a `HeaderMatcher` says, but for `invert_match`.
enum Said {
    Present(bool),
    Text(Pattern),
}

/// A `HeaderMatcher`.
pub fn header(matcher: &Value) -> Expr {
    let name = text(matcher, "name").unwrap_or_default();
    let Some(said) = said(matcher) else { return Expr::Unknown(format!("a matcher of the header `{name}`")) };
    let invert = is_true(matcher, "invert_match");
    let turned = |holds: bool, expr: Expr| if holds { expr } else { Expr::Not(Box::new(expr)) };
    let pattern = match said {
        Said::Present(present) => return turned(present != invert, is_there(name)),
        Said::Text(pattern) => pattern,
    };
    let matches = matches(name, &pattern);
    if is_true(matcher, "treat_missing_header_as_empty") {
        return match pattern.takes_empty() {
            Some(true) => turned(!invert, Expr::Any(vec![turned(false, is_there(name)), matches])),
            Some(false) => turned(!invert, matches),
            None => Expr::Unknown(format!("the header `{name}`, which counts as empty where it is missing")),
        };
    }
    // A header that is missing does not match, turned around or not.
    if invert { Expr::All(vec![is_there(name), turned(false, matches)]) } else { matches }
}

fn said(matcher: &Value) -> Option<Said> {
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
        return string(matcher).map(Said::Text);
    }
    match (old, get(matcher, "present_match").and_then(Value::as_bool)) {
        (Some(text), _) => Some(Said::Text(Pattern::of(text))),
        (None, Some(present)) => Some(Said::Present(present)),
        (None, None) => Some(Said::Present(true)),
    }
}

/// Every request has a method, a path and an authority here.
fn is_there(name: &str) -> Expr {
    match name {
        ":method" | ":path" | ":authority" => Expr::True,
        _ => patterns::present(name),
    }
}

fn matches(name: &str, pattern: &Pattern) -> Expr {
    match name {
        ":method" => patterns::methods(std::slice::from_ref(pattern)),
        ":authority" => hosts::any(std::slice::from_ref(pattern)),
        // With its query, which a rule matches apart.
        ":path" => Expr::Unknown(format!("the path with its query: {:?}", pattern.text)),
        _ => patterns::header(name, pattern),
    }
}
