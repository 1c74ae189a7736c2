//! The part of DER (ITU-T X.690) that keys and signatures need.

const BIT_STRING: u8 = 0x03;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;

/// Encodes a value with its tag and length (sections 8.1.2, 10.1).
pub(crate) fn value(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length = minimal(&length);
    let mut out = vec![tag];
    if content.len() >= 0x80 {
        out.push(0x80 | length.len() as u8);
    }
    out.extend_from_slice(length);
    out.extend_from_slice(content);
    out
}

/// Encodes a non-negative integer, given with its highest byte first, in as few bytes as possible (section 8.3).
pub(crate) fn unsigned(bytes: &[u8]) -> Vec<u8> {
    let bytes = minimal(bytes);
    let sign: &[u8] = if bytes.first().is_none_or(|first| *first >= 0x80) { &[0] } else { &[] };
    value(INTEGER, &[sign, bytes].concat())
}

/// Encodes a sequence of encoded values.
pub(crate) fn sequence(values: &[&[u8]]) -> Vec<u8> {
    value(SEQUENCE, &values.concat())
}

/// Encodes bytes as a bit string (section 8.6).
pub(crate) fn bits(bytes: &[u8]) -> Vec<u8> {
    value(BIT_STRING, &[&[0], bytes].concat())
}

/// Returns a number without leading zeros; the last byte stays.
fn minimal(mut number: &[u8]) -> &[u8] {
    while let [0, rest @ ..] = number
        && !rest.is_empty()
    {
        number = rest;
    }
    number
}

#[cfg(test)]
mod tests {
    use super::{unsigned, value};
    use crate::test;

    #[test]
    fn lengths_are_minimal() {
        assert_eq!(value(4, &[]), [4, 0]);
        assert_eq!(value(4, &[7; 127])[..2], [4, 127]);
        assert_eq!(value(4, &[7; 128])[..3], [4, 0x81, 128]);
        assert_eq!(value(4, &[7; 256])[..4], [4, 0x82, 1, 0]);
        assert_eq!(value(4, &[7; 70_000])[..5], [4, 0x83, 1, 0x11, 0x70]);
    }

    #[test]
    fn integers_are_minimal_and_not_negative() {
        assert_eq!(unsigned(&[]), [2, 1, 0]);
        assert_eq!(unsigned(&[0, 0]), [2, 1, 0]);
        assert_eq!(unsigned(&[0, 1]), [2, 1, 1]);
        assert_eq!(unsigned(&[0x80]), [2, 2, 0, 0x80]);
        assert_eq!(unsigned(&[0, 0x7f, 0]), [2, 2, 0x7f, 0]);
    }
}
