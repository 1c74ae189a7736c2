//! JSON as YAML, which it is but for two things.

/// The same text, where it is JSON, with places that stay where they are: tabs are blanks, and a pair of escapes that
/// stands for one character is that character, which moves what follows on its line.
pub fn as_yaml(text: &str) -> String {
    let mut yaml = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['\t', '\\']) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        yaml.push_str(before);
        let pair = pair(from);
        // A backslash and what it escapes go together: `\\ud83d` is no escape.
        let (taken, put) = match pair {
            Some(character) => (12, character.to_string()),
            None if from.starts_with('\t') => (1, " ".to_owned()),
            None => {
                let escape: String = from.chars().take(2).collect();
                (escape.len(), escape)
            }
        };
        yaml.push_str(&put);
        rest = from.get(taken..).unwrap_or_default();
    }
    yaml + rest
}

/// The character that a pair of escapes at the start stands for (RFC 8259, section 7).
fn pair(text: &str) -> Option<char> {
    let unit = |at: usize| u16::from_str_radix(text.get(at..at + 6)?.strip_prefix("\\u")?, 16).ok();
    let (high, low) = (unit(0)?, unit(6)?);
    char::decode_utf16([high, low]).next()?.ok().filter(|character| u32::from(*character) > 0xffff)
}

#[cfg(test)]
mod tests {
    use super::as_yaml;

    #[test]
    fn tabs_and_pairs_become_what_yaml_knows() {
        for (json, yaml) in [
            ("{\n\t\"a\":\t1}", "{\n \"a\": 1}"),
            (r#""\ud83d\ude00 x""#, "\"\u{1f600} x\""),
            (r#""\\ud83d\ude00""#, r#""\\ud83d\ude00""#),
            (r#""\u00e9\u00e9\n\/""#, r#""\u00e9\u00e9\n\/""#),
            (r#""\"#, r#""\"#),
        ] {
            assert_eq!(as_yaml(json), yaml);
        }
    }
}
