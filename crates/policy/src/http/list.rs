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

/// Removes what some servers remove around a value: Python's `wsgiref` strips the blanks of Latin-1, applications in Go those of
/// Unicode.
pub(crate) fn trim_blanks(value: &[u8]) -> &[u8] {
    let value = str::from_utf8(value).map_or(value, |text| text.trim().as_bytes());
    let is_in = |byte: &u8| *byte > b' ' && !matches!(byte, 0x85 | 0xA0);
    let start = value.iter().position(is_in).unwrap_or(value.len());
    let end = value.iter().rposition(is_in).map_or(start, |last| last + 1);
    value.get(start..end).unwrap_or_default()
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
    use super::list_items;
    use crate::test;

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
