//! Percent-encoding (RFC 3986, section 2.1).

use crate::reason::Reason;

/// Returns true for bytes that are never escaped.
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// Returns true for reserved bytes that a path may contain unescaped: `sub-delims`, `:` and `@`.
fn is_reserved_in_path(byte: u8) -> bool {
    b"!$&'()*+,;=:@".contains(&byte)
}

/// Returns the byte of two hex digits.
pub(crate) fn hex_byte(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// Returns the path unchanged if it is canonical and has one reading, as most paths do.
pub(super) fn plain(path: &[u8]) -> Option<&str> {
    let is_plain =
        |byte: &u8| *byte == b'/' || is_unreserved(*byte) || (is_reserved_in_path(*byte) && *byte != b';');
    if !path.iter().all(is_plain) {
        return None;
    }
    let text = std::str::from_utf8(path).ok()?;
    let is_ambiguous = text.contains("//") || (text.contains("/.") && super::dots::any(text));
    (!is_ambiguous).then_some(text)
}

/// Decodes escapes of unreserved bytes, writes other escapes in upper case, and escapes every byte that a path may not
/// contain, except `\`, which servers read in two ways.
pub(super) fn canonical(path: &[u8]) -> Result<String, Reason> {
    let mut text = String::with_capacity(path.len());
    let mut decoded = Vec::with_capacity(path.len());
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
        decoded.push(byte);
        let is_kept = !escaped && (is_reserved_in_path(byte) || matches!(byte, b'/' | b'\\'));
        if is_kept || is_unreserved(byte) {
            text.push(char::from(byte))
        } else {
            push_escape(&mut text, byte)
        }
    }
    // Overlong forms and surrogates are invalid UTF-8 (RFC 3629, section 3).
    std::str::from_utf8(&decoded).map_err(|_| Reason::PATH_UTF8)?;
    Ok(text)
}

fn push_escape(text: &mut String, byte: u8) {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or_default().to_ascii_uppercase();
    text.extend(['%', digit(byte >> 4), digit(byte & 15)]);
}

/// Splits an escaped byte from the text after a `%`.
fn escaped(after: &str) -> Option<(u8, &str)> {
    let [high, low, ..] = after.as_bytes() else { return None };
    Some((hex_byte(*high, *low)?, after.get(2..)?))
}

/// Decodes the escapes for which `is_wanted` is true, given the byte and the text after it; returns `None` if there are none.
fn decode(text: &str, is_wanted: impl Fn(u8, &str) -> bool) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut found = false;
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        match escaped(after).filter(|(byte, rest)| is_wanted(*byte, rest)) {
            Some((byte, remaining)) => {
                found = true;
                out.push(char::from(byte));
                rest = remaining;
            }
            None => {
                out.push('%');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    found.then_some(out)
}

/// A path after a step that may not apply, and may fail.
pub(super) type Decoded = Option<Result<String, Reason>>;

pub(super) fn decode_slash(text: &str) -> Decoded {
    decode(text, |byte, _| byte == b'/').map(Ok)
}

pub(super) fn decode_backslash(text: &str) -> Decoded {
    decode(text, |byte, _| byte == b'\\').map(Ok)
}

/// Decodes the reserved bytes that a path may contain, if one is escaped.
pub(super) fn decode_reserved(text: &str) -> Decoded {
    decode(text, |byte, _| is_reserved_in_path(byte)).map(Ok)
}

/// Decodes the text once more, if it contains `%25` and two hex digits.
pub(super) fn decode_twice(text: &str) -> Decoded {
    decode(text, |byte, after| byte == b'%' && escaped(after).is_some())
        .map(|text| canonical(text.as_bytes()))
}
