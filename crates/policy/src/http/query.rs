//! The query of a request.

use std::borrow::Cow;

/// Returns the parameters of a query, decoded as `application/x-www-form-urlencoded` (WHATWG URL, section 5.1).
///
/// ```
/// let found: Vec<_> = policy::http::query_parameters(b"a=1+2&b%3d&&c=%zz").collect();
/// let expected: [(&[u8], &[u8]); 3] = [(b"a", b"1 2"), (b"b=", b""), (b"c", b"%zz")];
/// assert!(found.iter().zip(expected).all(|((name, value), (n, v))| **name == *n && **value == *v));
/// assert_eq!(found.len(), expected.len());
/// ```
pub fn query_parameters(query: &[u8]) -> impl Iterator<Item = (Cow<'_, [u8]>, Cow<'_, [u8]>)> {
    query.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        (decode(halves.next().unwrap_or_default()), decode(halves.next().unwrap_or_default()))
    })
}

fn decode(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.iter().any(|byte| matches!(byte, b'%' | b'+')) {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'+', _) => out.push(b' '),
            (b'%', [high, low, after @ ..]) => match super::path::hex_byte(*high, *low) {
                Some(byte) => {
                    out.push(byte);
                    rest = after;
                }
                None => out.push(b'%'),
            },
            (byte, _) => out.push(*byte),
        }
    }
    Cow::Owned(out)
}
