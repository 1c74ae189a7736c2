//! Lists in the value of a header.

use super::headers::split;

/// Returns the items of a list (RFC 9110, section 5.6.1), without blanks around them; a value without a comma is one item.
///
/// Some servers split at every comma, and some keep a comma in quotes: if a value has both, the items of both are returned.
pub(crate) fn list_items(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let has_quotes = value.contains(&b'"') && value.contains(&b',');
    let quoted = has_quotes.then(|| outside_quotes(value)).into_iter().flatten();
    split(value, true).chain(quoted).map(trim_blanks)
}

/// Removes what some servers remove around a value, in any order: Python's `wsgiref` strips the blanks of Latin-1, applications
/// in Go those of Unicode, and JavaScript's `trim` the byte order mark too.
pub(crate) fn trim_blanks(value: &[u8]) -> &[u8] {
    let mut rest = value;
    while let Some(after) = LENGTHS.iter().find_map(|length| {
        let (blank, after) = rest.split_at_checked(*length)?;
        is_blank(blank).then_some(after)
    }) {
        rest = after;
    }
    while let Some(before) = LENGTHS.iter().find_map(|length| {
        let (before, blank) = rest.split_at_checked(rest.len().checked_sub(*length)?)?;
        is_blank(blank).then_some(before)
    }) {
        rest = before;
    }
    rest
}

/// The bytes of a blank, the longest first: the last byte of a blank of Unicode may be one of Latin-1.
const LENGTHS: [usize; 3] = [3, 2, 1];

fn is_blank(bytes: &[u8]) -> bool {
    matches!(
        bytes,
        [..=b' ' | 0x85 | 0xA0]
            | [0xC2, 0x85 | 0xA0]
            | [0xE1, 0x9A, 0x80]
            | [0xE2, 0x80, 0x80..=0x8A | 0xA8 | 0xA9 | 0xAF]
            | [0xE2, 0x81, 0x9F]
            | [0xE3, 0x80, 0x80]
            | [0xEF, 0xBB, 0xBF]
    )
}

/// Returns the most bytes that are removed around the items of a list.
pub(crate) fn blank_bytes(value: &[u8]) -> usize {
    if value.contains(&b',') {
        value.iter().filter(|byte| **byte <= b' ' || !byte.is_ascii()).count()
    } else {
        value.len() - trim_blanks(value).len()
    }
}

fn outside_quotes(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let (mut in_quotes, mut is_escaped) = (false, false);
    value.split(move |byte| {
        let ends = *byte == b',' && !in_quotes;
        in_quotes ^= *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && in_quotes && !is_escaped;
        ends
    })
}

/// Returns the number of commas in a value.
pub(crate) fn comma_count(value: &[u8]) -> usize {
    // Most long values have none. Searching for one is much faster than counting.
    if value.contains(&b',') { value.iter().filter(|byte| **byte == b',').count() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::{list_items, trim_blanks};
    use crate::test;

    #[test]
    fn blanks_of_each_kind_are_removed_in_any_order() {
        let blanks = [
            &b" "[..],
            b"\t",
            b"\x85",
            b"\xa0",
            b"\xc2\xa0",
            b"\xe2\x80\x83",
            b"\xe3\x80\x80",
            b"\xef\xbb\xbf",
            b"\0",
        ];
        for one in blanks {
            for other in blanks {
                let padded = [one, other, one, b"a b", other, one, other].concat();
                assert_eq!(trim_blanks(&padded), b"a b", "{}", padded.escape_ascii());
                assert_eq!(trim_blanks(&[one, other].concat()), b"");
            }
        }
        let is_removed = |letter: char| trim_blanks(letter.to_string().as_bytes()).is_empty();
        let blanks = ('\0'..=char::MAX).filter(|letter| is_removed(*letter) && *letter > ' ');
        assert!(
            blanks.eq(('!'..=char::MAX).filter(|letter| letter.is_whitespace() || *letter == '\u{feff}'))
        );
        for value in ["", "a", "\u{e9}", "a\u{200b}"] {
            assert_eq!(trim_blanks(value.as_bytes()), value.as_bytes(), "{value}");
        }
    }

    #[test]
    fn a_comma_separates_items() {
        let table: [(&str, &[&str]); 6] = [
            ("a", &["a"]),
            ("", &[""]),
            ("a, b ,,c", &["a", "b", "", "c"]),
            (r#""a""#, &[r#""a""#]),
            (r#""a,b",c"#, &[r#""a"#, r#"b""#, "c", r#""a,b""#, "c"]),
            (r#""\",",d"#, &[r#""\""#, r#"""#, "d", r#""\",""#, "d"]),
        ];
        for (value, items) in table {
            let found: Vec<_> =
                list_items(value.as_bytes()).map(|item| str::from_utf8(item).unwrap()).collect();
            assert_eq!(found, items, "{value}");
        }
    }
}
