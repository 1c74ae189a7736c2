//! Percent-encoding (RFC 3986, section 2.1).

use crate::reason::Reason;

/// Returns true for bytes that are never escaped.
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// Returns true for reserved bytes that a path may contain unescaped: `sub-delims`, `:` and `@`.
pub(super) fn is_reserved_in_path(byte: u8) -> bool {
    matches!(byte, b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=' | b':' | b'@')
}

/// Returns the byte of two hex digits.
pub(crate) fn hex_byte(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    Some(digit(high)? << 4 | digit(low)?)
}

/// The bytes of paths that are canonical and have one reading.
static PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut bytes: &[u8] = b"/-._~!$&'()*+,=:@0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    while let [first, rest @ ..] = bytes {
        #[expect(clippy::indexing_slicing, reason = "a byte is less than 256; evaluated by the compiler")]
        {
            plain[*first as usize] = true;
        }
        bytes = rest;
    }
    plain
};

/// Returns the path unchanged if it is canonical and has one reading, as most paths do.
pub(super) fn plain(path: &[u8]) -> Option<&str> {
    let mut previous = 0;
    let mut is_odd = false;
    for byte in path {
        if !PLAIN.get(usize::from(*byte)).is_some_and(|is_plain| *is_plain) {
            return None;
        }
        is_odd |= previous == b'/' && matches!(byte, b'/' | b'.');
        previous = *byte;
    }
    let text = std::str::from_utf8(path).ok()?;
    let is_ambiguous = is_odd && (text.contains("//") || super::dots::any(text));
    (!is_ambiguous).then_some(text)
}

/// Decodes escapes of unreserved bytes, writes other escapes in upper case, and escapes every byte that a path may not
/// contain, except `\`, which servers read in two ways.
pub(super) fn canonical(path: &[u8]) -> Result<String, Reason> {
    let mut text = Vec::with_capacity(path.len());
    write_canonical(path, &mut text)?;
    String::from_utf8(text).map_err(|_| Reason::PATH_UTF8)
}

/// Adds the canonical form of a path to `text`.
fn write_canonical(path: &[u8], text: &mut Vec<u8>) -> Result<(), Reason> {
    let mut is_ascii = true;
    let mut rest = path;
    while let [first, tail @ ..] = rest {
        let (byte, escaped) = match (*first, tail) {
            (b'%', [high, low, after @ ..]) => {
                rest = after;
                (hex_byte(*high, *low).ok_or(Reason::PATH_ESCAPE)?, true)
            }
            (b'%', _) => return Err(Reason::PATH_ESCAPE),
            (b'#', _) => return Err(Reason::PATH_FRAGMENT),
            (byte, _) => {
                rest = tail;
                (byte, false)
            }
        };
        if byte.is_ascii_control() {
            return Err(Reason::PATH_CONTROL);
        }
        is_ascii &= byte.is_ascii();
        if !escaped && (is_reserved_in_path(byte) || matches!(byte, b'/' | b'\\')) {
            text.push(byte);
        } else {
            push_canonical(text, byte);
        }
    }
    if is_ascii { Ok(()) } else { check_utf8(path) }
}

/// Adds a byte that is not part of the syntax of a path: escaped, unless it is unreserved.
fn push_canonical(text: &mut Vec<u8>, byte: u8) {
    if is_unreserved(byte) {
        return text.push(byte);
    }
    let digit = |value: u8| if value < 10 { b'0' + value } else { b'A' + value - 10 };
    text.extend_from_slice(&[b'%', digit(byte >> 4), digit(byte & 15)]);
}

/// Checks that a path is valid UTF-8 once it is decoded. Overlong forms and surrogates are invalid (RFC 3629, section 3).
fn check_utf8(path: &[u8]) -> Result<(), Reason> {
    let mut decoded = Vec::with_capacity(path.len());
    decode(path, &mut decoded, |_, _| true);
    std::str::from_utf8(&decoded).map(|_| ()).map_err(|_| Reason::PATH_UTF8)
}

/// Adds the text to `out`, with the escapes decoded for which `is_wanted` is true, given the byte and the text after it.
fn decode(text: &[u8], out: &mut Vec<u8>, is_wanted: impl Fn(u8, &[u8]) -> bool) {
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        rest = tail;
        if let (b'%', [high, low, after @ ..]) = (*first, tail)
            && let Some(byte) = hex_byte(*high, *low).filter(|byte| is_wanted(*byte, after))
        {
            out.push(byte);
            rest = after;
        } else {
            out.push(*first);
        }
    }
}

/// Returns true if the text starts with two hex digits.
pub(super) fn starts_with_hex(text: &[u8]) -> bool {
    matches!(text, [high, low, ..] if hex_byte(*high, *low).is_some())
}

pub(super) fn decode_byte<const BYTE: u8>(text: &[u8], out: &mut Vec<u8>) -> Result<(), Reason> {
    decode(text, out, |byte, _| byte == BYTE);
    Ok(())
}

/// Decodes the reserved bytes that a path may contain.
pub(super) fn decode_reserved(text: &[u8], out: &mut Vec<u8>) -> Result<(), Reason> {
    decode(text, out, |byte, _| is_reserved_in_path(byte));
    Ok(())
}

/// Decodes a canonical text once more where it contains `%25` and two hex digits; the result is canonical.
pub(super) fn decode_twice(text: &[u8], out: &mut Vec<u8>) -> Result<(), Reason> {
    let mut is_ascii = true;
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        if let (b'%', [b'2', b'5', high, low, after @ ..]) = (*first, tail)
            && let Some(byte) = hex_byte(*high, *low)
        {
            if byte.is_ascii_control() {
                return Err(Reason::PATH_CONTROL);
            }
            is_ascii &= byte.is_ascii();
            push_canonical(out, byte);
            rest = after;
        } else {
            out.push(*first);
            rest = tail;
        }
    }
    if is_ascii { Ok(()) } else { check_utf8(out) }
}

/// Cuts the text at the first escape of a byte.
pub(super) fn cut_at_escape<const BYTE: u8>(text: &[u8], out: &mut Vec<u8>) -> Result<(), Reason> {
    let is_escape =
        |window: &[u8]| matches!(window, [b'%', high, low] if hex_byte(*high, *low) == Some(BYTE));
    let end = text.windows(3).position(is_escape).unwrap_or(text.len());
    out.extend_from_slice(text.get(..end).unwrap_or(text));
    Ok(())
}
