//! JSON as YAML. YAML is a superset of JSON except for tabs and pairs of surrogate escapes.

use std::borrow::Cow;

/// Returns JSON as YAML that has the same values; other text is returned as it is.
///
/// Tabs outside of strings become spaces. A pair of surrogate escapes becomes its character, which moves what follows on its
/// line.
#[must_use]
pub fn as_yaml(text: &str) -> Cow<'_, str> {
    if !text.trim_start().starts_with(['{', '[']) {
        return text.into();
    }
    let mut yaml = String::with_capacity(text.len());
    // The quote of the string, which ends at its line: elsewhere a quote may be an apostrophe.
    let (mut rest, mut quote) = (text, None);
    while let Some(at) = rest.find(['\t', '\n', '\\', '"', '\'']) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        yaml.push_str(before);
        let first = from.chars().next().unwrap_or_default();
        // A backslash and the character after it belong together: `\\ud83d` is not a surrogate escape.
        let (taken, put) = match (first, pair(from)) {
            (_, Some(character)) => (12, character.to_string()),
            ('\t', _) if quote.is_none() => (1, " ".to_owned()),
            ('\\', _) => {
                let escape: String = from.chars().take(2).collect();
                (escape.len(), escape)
            }
            _ => (1, first.to_string()),
        };
        match first {
            '\n' => quote = None,
            '"' | '\'' if quote.is_none() => quote = Some(first),
            _ if quote == Some(first) => quote = None,
            _ => {}
        }
        yaml.push_str(&put);
        rest = from.get(taken..).unwrap_or_default();
    }
    (yaml + rest).into()
}

/// Returns the character of a pair of surrogate escapes at the start of a text (RFC 8259, section 7).
fn pair(text: &str) -> Option<char> {
    let unit = |at: usize| u16::from_str_radix(text.get(at..at + 6)?.strip_prefix("\\u")?, 16).ok();
    let (high, low) = (unit(0)?, unit(6)?);
    char::decode_utf16([high, low]).next()?.ok().filter(|character| u32::from(*character) > 0xffff)
}

#[cfg(test)]
mod tests {
    use super::as_yaml;

    #[test]
    fn converts_tabs_and_surrogate_pairs() {
        for (json, yaml) in [
            ("{\n\t\"a\":\t1}", "{\n \"a\": 1}"),
            ("{'a\"\tb':\t1}", "{'a\"\tb': 1}"),
            ("[it's,\n\tb]", "[it's,\n b]"),
            ("[\"a\tb\",\t\"\\\"\t\"]", "[\"a\tb\", \"\\\"\t\"]"),
            (r#"["\ud83d\ude00 x"]"#, "[\"\u{1f600} x\"]"),
            (r#"["\\ud83d\ude00"]"#, r#"["\\ud83d\ude00"]"#),
            (r#"["\u00e9\u00e9\n\/"]"#, r#"["\u00e9\u00e9\n\/"]"#),
            (r#"["\"#, r#"["\"#),
            ("a:\t1", "a:\t1"),
        ] {
            assert_eq!(as_yaml(json), yaml);
        }
    }
}
