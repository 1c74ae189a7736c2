//! The serialization of headers in the proxy-wasm ABI 0.2.1: the number of pairs, the sizes of each name and value,
//! then each name and value followed by a NUL; numbers have 32 bits, little-endian.

use policy::http::Headers;

/// The maximum number of changes that are written one by one. To replace all headers, the host removes and adds each of
/// them, which costs as much as a few calls.
const MAX_SINGLE_WRITES: usize = 4;

/// The most lines, and the most encoded bytes, that the host takes at once. Beyond them it removes every header and reports
/// no error.
const MAX_LINES: usize = 1024;
const MAX_BYTES: usize = 1 << 20;

/// Encodes the headers if their changes are written at once, and not one by one.
pub(crate) fn encode_at_once(headers: &Headers<'_>) -> Option<Vec<u8>> {
    if headers.changes().len() <= MAX_SINGLE_WRITES {
        return None;
    }
    let bytes: usize = headers.lines().map(|(name, value)| name.len() + value.len() + 10).sum();
    if headers.lines().count() > MAX_LINES || bytes + 4 > MAX_BYTES {
        return None;
    }
    Some(encode(headers.lines()))
}

/// Decodes headers into names and values. Returns `None` if the bytes are cut short.
pub(crate) fn decode(bytes: &[u8]) -> Option<Vec<(&[u8], &[u8])>> {
    let Some((count, rest)) = number(bytes) else { return bytes.is_empty().then(Vec::new) };
    let (mut sizes, mut data) = rest.split_at_checked(count.checked_mul(8)?)?;
    let mut lines = Vec::with_capacity(count);
    for _ in 0..count {
        let (name_size, value_size, name, value);
        (name_size, sizes) = number(sizes)?;
        (value_size, sizes) = number(sizes)?;
        (name, data) = text(data, name_size)?;
        (value, data) = text(data, value_size)?;
        lines.push((name, value));
    }
    Some(lines)
}

fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((usize::try_from(u32::from_le_bytes(*number)).ok()?, rest))
}

fn text(bytes: &[u8], size: usize) -> Option<(&[u8], &[u8])> {
    let (text, rest) = bytes.split_at_checked(size)?;
    Some((text, rest.split_first()?.1))
}

/// Encodes headers.
pub(crate) fn encode<'a>(lines: impl Iterator<Item = (&'a [u8], &'a [u8])> + Clone) -> Vec<u8> {
    let size = |size: usize| u32::try_from(size).unwrap_or(u32::MAX).to_le_bytes();
    let mut bytes = size(lines.clone().count()).to_vec();
    for (name, value) in lines.clone() {
        bytes.extend(size(name.len()));
        bytes.extend(size(value.len()));
    }
    for text in lines.flat_map(|(name, value)| [name, value]) {
        bytes.extend(text);
        bytes.push(0);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    const LINES: [(&[u8], &[u8]); 3] = [(b":path", b"/a"), (b"x-empty", b""), (b"x-bytes", b"\xff\0\n")];

    #[test]
    fn headers_are_encoded_as_in_the_abi() {
        assert_eq!(encode([(&b"a"[..], &b"bc"[..])].into_iter()), b"\x01\0\0\0\x01\0\0\0\x02\0\0\0a\0bc\0");
        assert_eq!(encode([].into_iter()), [0; 4]);
    }

    #[test]
    fn decoding_returns_what_was_encoded() {
        assert_eq!(decode(&encode(LINES.into_iter())), Some(LINES.to_vec()));
        assert_eq!(decode(&[0; 4]), Some(Vec::new()));
        assert_eq!(decode(&[]), Some(Vec::new()));
    }

    #[test]
    fn truncated_headers_are_rejected() {
        let bytes = encode(LINES.into_iter());
        for length in 1..bytes.len() {
            assert_eq!(decode(&bytes[..length]), None, "{length}");
        }
        // More pairs, or longer ones, than there are bytes.
        assert_eq!(decode(&[0xff; 4]), None);
        assert_eq!(decode(b"\x01\0\0\0\xff\xff\xff\xff\xff\xff\xff\xffa\0b\0"), None);
    }
}
