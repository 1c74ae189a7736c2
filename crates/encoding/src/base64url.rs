//! base64url without padding (RFC 7515, section 2; RFC 4648, section 5).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Decodes a text. Returns `None` if it has padding, blanks, other characters, or trailing bits that are not zero: each
/// value has one spelling.
///
/// ```
/// use encoding::base64url;
/// assert_eq!(base64url::decode("_-8"), Some(vec![0xff, 0xef]));
/// assert_eq!(base64url::decode("/+8="), None);
/// ```
pub fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::decode;
    use crate::test;

    #[test]
    fn each_value_has_one_spelling() {
        assert_eq!(decode(""), Some(Vec::new()));
        assert_eq!(decode("_-8"), Some(vec![0xff, 0xef]));
        assert_eq!(decode("AA"), Some(vec![0]));
        for text in ["A", "AB", "AA==", "AAB", "AA A", "AA\n", " AA", "+/8", "AAAAA", "AA.", "\u{e9}A"] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }
}
