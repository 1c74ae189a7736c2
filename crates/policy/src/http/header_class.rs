//! Classes of header names that servers read as one.
//!
//! A server that passes headers as variables (CGI, RFC 3875, section 4.1.18; WSGI, Rack, PHP) writes names in upper case and
//! replaces bytes: `x-role`, `x_role`, `X.Role` and `X!Role` can all become `HTTP_X_ROLE`. These names are spellings of one
//! header. The class of a name is the name in lower case with `-` in place of every byte but letters and digits.
//!
//! ```
//! use policy::http::is_spelling;
//! assert!(is_spelling(b"X.Role", "x-role"));
//! assert!(is_spelling(b"x_role", "x-role"));
//! assert!(!is_spelling(b"xrole", "x-role"));
//! // A header that Envoy itself reads has one spelling: an edit of `content_length` leaves the framing alone.
//! assert!(!is_spelling(b"content-length", "content_length"));
//! ```

/// The headers that no policy may change: `host`, message framing and hop-by-hop headers (RFC 9110, section 7.6.1).
pub(crate) const FIXED: [&str; 11] = [
    "host",
    "connection",
    "content-length",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "http2-settings",
    "proxy-authenticate",
];

/// Returns true if a server may read the header `found` as `name`. A pseudo-header and a header that no policy may change are
/// no spellings of other names.
#[inline]
pub fn is_spelling(found: &[u8], name: &str) -> bool {
    // Most names of a request differ in their length from those of a policy.
    found.len() == name.len()
        && is_same_class(found, name.as_bytes())
        && (found.eq_ignore_ascii_case(name.as_bytes()) || !has_one_spelling(found))
}

/// Returns true if a server may read the header `found` as `name`, and the two names differ.
#[inline]
pub fn is_other_spelling(found: &[u8], name: &str) -> bool {
    is_spelling(found, name) && !found.eq_ignore_ascii_case(name.as_bytes())
}

/// Returns true if a server may read the header `found` as one whose name starts with `prefix`.
pub(crate) fn has_spelled_prefix(found: &[u8], prefix: &str) -> bool {
    let head = found.get(..prefix.len());
    let is_exact = |head: &[u8]| head.eq_ignore_ascii_case(prefix.as_bytes());
    head.is_some_and(|head| {
        is_same_class(head, prefix.as_bytes()) && (is_exact(head) || !has_one_spelling(found))
    })
}

/// Returns the header that no policy may change and that a server may read `name` as, if any.
pub(crate) fn fixed_header(name: &[u8]) -> Option<&'static str> {
    FIXED.into_iter().find(|fixed| is_same_class(name, fixed.as_bytes()))
}

/// Returns true if a server may read the name as another one: it has a byte other than letters, digits and `-`.
pub(crate) fn is_irregular(name: &[u8]) -> bool {
    !is_pseudo(name) && name.iter().any(|byte| *byte != b'-' && class_of(*byte) == b'-')
}

pub(crate) fn is_pseudo(name: &[u8]) -> bool {
    name.starts_with(b":")
}

/// Returns true for a pseudo-header and a header that no policy may change.
pub(super) fn has_one_spelling(name: &[u8]) -> bool {
    is_pseudo(name) || FIXED.iter().any(|fixed| name.eq_ignore_ascii_case(fixed.as_bytes()))
}

/// Returns the class of a name.
pub(super) fn class(name: &[u8]) -> String {
    name.iter().map(|byte| char::from(class_of(*byte))).collect()
}

fn is_same_class(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(a, b)| a == b || class_of(*a) == class_of(*b))
}

/// Returns the byte that a byte of a name counts as.
#[inline]
#[expect(clippy::indexing_slicing, reason = "the table has an item for each byte")]
pub(super) fn class_of(byte: u8) -> u8 {
    CLASSES[byte as usize]
}

/// What each byte of a name counts as.
#[expect(clippy::indexing_slicing, reason = "checked by the compiler")]
static CLASSES: [u8; 256] = {
    let (mut classes, mut byte) = ([b'-'; 256], 0_u8);
    while byte.is_ascii() {
        if byte.is_ascii_alphanumeric() {
            classes[byte as usize] = byte.to_ascii_lowercase();
        }
        byte += 1;
    }
    classes
};

#[cfg(test)]
mod tests {
    use super::{fixed_header, has_spelled_prefix, is_irregular, is_other_spelling, is_spelling};
    use crate::test;

    #[test]
    fn every_byte_but_letters_and_digits_counts_as_a_dash() {
        for byte in 0..=u8::MAX {
            let name = [b"x".as_slice(), &[byte], b"role"].concat();
            let is_dash = !byte.is_ascii_alphanumeric();
            assert_eq!(is_spelling(&name, "x-role"), is_dash, "{byte}");
            assert_eq!(is_other_spelling(&name, "x-role"), is_dash && byte != b'-', "{byte}");
            assert_eq!(is_irregular(&name), is_dash && byte != b'-', "{byte}");
        }
        for (found, expected) in [("X-ROLE", true), ("x-rol", false), ("x-rolf", false), ("x--role", false)] {
            assert_eq!(is_spelling(found.as_bytes(), "x-role"), expected, "{found}");
        }
    }

    #[test]
    fn headers_that_envoy_reads_have_one_spelling() {
        for (found, name, expected) in [
            (":path", "-path", false),
            (":path", ":path", true),
            ("content-length", "content_length", false),
            ("content_length", "content_length", true),
            ("content_length", "content-length", true),
        ] {
            assert_eq!(is_spelling(found.as_bytes(), name), expected, "{found} {name}");
        }
        assert!(!has_spelled_prefix(b":path", "-p") && !has_spelled_prefix(b"content-length", "content_"));
        assert!(has_spelled_prefix(b"x_envoy.a", "x-envoy-") && !has_spelled_prefix(b"x-envoy", "x-envoy-"));
        assert_eq!(fixed_header(b"Content_Length"), Some("content-length"));
        assert!(!is_irregular(b":path"));
    }
}
