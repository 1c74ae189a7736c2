//! Letters beyond ASCII that servers convert to ASCII letters when they ignore case.

/// The letters in UTF-8, as escapes of a canonical path, and as the ASCII letters that case mappings of Unicode convert them
/// to: the Kelvin sign, the long s, and the two Turkish letters i.
const LETTERS: [(&[u8], &str, char); 4] = [
    (b"\xe2\x84\xaa", "E2%84%AA", 'k'),
    (b"\xc5\xbf", "C5%BF", 's'),
    (b"\xc4\xb0", "C4%B0", 'i'),
    (b"\xc4\xb1", "C4%B1", 'i'),
];

/// Converts the letters in a canonical path; returns `None` if it has none.
pub(super) fn fold_path(path: &str) -> Option<String> {
    let mut folded = String::with_capacity(path.len());
    let (mut rest, mut found) = (path, false);
    while let Some((before, after)) = rest.split_once('%') {
        folded.push_str(before);
        let letter =
            LETTERS.iter().find_map(|(_, escapes, letter)| Some((*letter, after.strip_prefix(escapes)?)));
        found |= letter.is_some();
        let (character, after) = letter.unwrap_or(('%', after));
        folded.push(character);
        rest = after;
    }
    folded.push_str(rest);
    found.then_some(folded)
}

/// Returns true if a value has one of the letters.
pub(crate) fn has_folding(value: &[u8]) -> bool {
    let starts_letter = |pair: &[u8; 2]| matches!(pair, [0xE2, 0x84] | [0xC5, 0xBF] | [0xC4, 0xB0 | 0xB1]);
    !value.is_ascii() && value.array_windows().any(starts_letter)
}

/// Converts the letters in a value; returns `None` if it has none.
pub(super) fn fold_value(value: &[u8]) -> Option<Vec<u8>> {
    if !has_folding(value) {
        return None;
    }
    let mut folded = Vec::with_capacity(value.len());
    let mut rest = value;
    while let [first, tail @ ..] = rest {
        let letter = LETTERS.iter().find_map(|(bytes, _, letter)| Some((rest.strip_prefix(*bytes)?, letter)));
        match letter {
            Some((after, letter)) => {
                folded.push(u8::try_from(*letter).ok()?);
                rest = after;
            }
            None => {
                folded.push(*first);
                rest = tail;
            }
        }
    }
    (folded.len() != value.len()).then_some(folded)
}

#[cfg(test)]
mod tests {
    use super::{LETTERS, fold_path, fold_value, has_folding};
    use crate::test;

    #[test]
    fn letters_are_converted() {
        let path = |path: &str| fold_path(path);
        assert_eq!(path("/%E2%84%AAelvin/%C5%BFe%C4%B1%C4%B0").as_deref(), Some("/kelvin/seii"));
        assert_eq!(path("/a%2Fb%E2%84%AA%"), Some("/a%2Fbk%".to_owned()));
        for other in ["/", "/a", "/caf%C3%A9", "/%E2%84", "/%e2%84%aa"] {
            assert_eq!(path(other), None, "{other}");
        }
        assert_eq!(
            fold_value("\u{17f}e\u{131}\u{130}\u{212a}é".as_bytes()).as_deref(),
            Some("seiiké".as_bytes())
        );
        assert_eq!(fold_value("é".as_bytes()), None);
        assert_eq!(fold_value(b"\xff\xe2"), None);
    }

    /// The escapes are those of the letters, and the letters are those of Unicode's case mappings.
    #[test]
    fn letters_are_those_whose_case_mapping_is_ascii() {
        for (bytes, escapes, letter) in LETTERS {
            assert!(has_folding(bytes));
            let escaped: String = bytes.iter().map(|byte| format!("%{byte:02X}")).collect();
            assert_eq!(escaped, format!("%{escapes}"));
            let found = std::str::from_utf8(bytes).unwrap().chars().next().unwrap();
            assert!(maps_to_ascii(found), "{letter}");
        }
        let all = ('\u{80}'..=char::MAX).filter(|letter| maps_to_ascii(*letter)).count();
        assert_eq!(all, LETTERS.len());
    }

    fn maps_to_ascii(letter: char) -> bool {
        // `İ` in lower case is `i` and a combining dot; some servers map only one letter to one letter.
        let is_ascii = |first: Option<char>, second: Option<char>| {
            first.is_some_and(|first| first.is_ascii()) && second.is_none_or(|dot| dot == '\u{307}')
        };
        let (mut lower, mut upper) = (letter.to_lowercase(), letter.to_uppercase());
        is_ascii(lower.next(), lower.next()) || is_ascii(upper.next(), upper.next())
    }
}
