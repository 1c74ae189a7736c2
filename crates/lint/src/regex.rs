//! Regular expressions that a simpler pattern can replace.

use crate::walk::Place;
use crate::warning::{below, warning};
use policy::document::Problem;
use serde_json::Value;

pub(crate) fn check(place: Place<'_>, found: &mut Vec<Problem>) {
    let text = place.value.get("regex").and_then(Value::as_str);
    // A substitution needs its expression.
    let (Some(text), None) = (text, place.value.get("substitution")) else { return };
    if let Some(help) = simpler(text, place.field == "paths") {
        let message = format!("regular expression `{text}` is a simple pattern");
        found.push(warning("simple_regex", below(place.path, "regex"), message, help));
    }
}

/// Returns how to write the expression as a simpler pattern.
fn simpler(text: &str, is_path: bool) -> Option<String> {
    let text = text.strip_prefix('^').unwrap_or(text);
    let text = text.strip_suffix('$').filter(|rest| !rest.ends_with('\\')).unwrap_or(text);
    if is_path {
        let below = ["(/.*)?", "(?:/.*)?", "(/|/.*)?"].iter().find_map(|end| text.strip_suffix(end));
        if let Some(prefix) = below.and_then(literal) {
            return Some(format!("write `prefix: {prefix}`, which is equivalent"));
        }
    }
    let (middle, starts) = text.strip_prefix(".*").map_or((text, true), |rest| (rest, false));
    let (middle, ends) = middle.strip_suffix(".*").map_or((middle, true), |rest| (rest, false));
    let middle = literal(middle)?;
    Some(match (starts, ends) {
        (true, true) => format!("write `exact: {middle}`"),
        (false, true) => format!("write `suffix: {middle}`"),
        (false, false) => format!("write `contains: {middle}`"),
        (true, false) if !is_path => format!("write `prefix: {middle}`"),
        (true, false) => match middle.strip_suffix('/') {
            Some("") => "write `prefix: /`".to_owned(),
            Some(prefix) => format!("write `prefix: {prefix}`, which also matches `{prefix}` itself"),
            None => format!("write `prefix: {middle}`, which matches whole segments, not `{middle}x`"),
        },
    })
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
    fn simple_expressions_have_a_simpler_pattern() {
        for (regex, is_path, expected) in [
            ("/api/.*", true, Some("write `prefix: /api`, which also matches `/api` itself")),
            ("^/api.*$", true, Some("write `prefix: /api`, which matches whole segments, not `/apix`")),
            ("/api(/.*)?", true, Some("write `prefix: /api`, which is equivalent")),
            (r".*\.html", true, Some("write `suffix: .html`")),
            ("/a", true, Some("write `exact: /a`")),
            ("/.*", true, Some("write `prefix: /`")),
            ("Mozilla.*", false, Some("write `prefix: Mozilla`")),
            (".*bot.*", false, Some("write `contains: bot`")),
            ("/v[0-9]+/.*", true, None),
            ("a|b", false, None),
            (".*", false, None),
            (r"\d.*", false, None),
            (r"a\$", false, Some("write `exact: a$`")),
        ] {
            assert_eq!(simpler(regex, is_path).as_deref(), expected, "{regex}");
        }
    }
}
