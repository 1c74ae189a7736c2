//! Bytes as text: a byte that is not text is written as `\xHH`.

use std::fmt::Write;

/// Returns the bytes of a text in which `\xHH` is a byte and `\\` is a backslash.
///
/// # Errors
/// The text has any other escape.
pub fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let invalid = || format!("invalid backslash in `{text}`; write `\\\\` or `\\xHH`");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        bytes.extend_from_slice(before.as_bytes());
        if let Some(after) = after.strip_prefix('\\') {
            bytes.push(b'\\');
            rest = after;
            continue;
        }
        let escape = after.strip_prefix('x').and_then(|hex| hex.split_at_checked(2));
        let (hex, after) = escape.ok_or_else(invalid)?;
        bytes.push(u8::from_str_radix(hex, 16).map_err(|_| invalid())?);
        rest = after;
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(bytes)
}

/// Returns the text for bytes: `\\` for a backslash, `\xHH` for a control character or a byte that is not UTF-8.
pub fn escape(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\\' => text.push_str("\\\\"),
                character if character.is_control() => {
                    let mut buffer = [0; 4];
                    character.encode_utf8(&mut buffer).bytes().for_each(|byte| push_hex(&mut text, byte));
                }
                character => text.push(character),
            }
        }
        chunk.invalid().iter().for_each(|byte| push_hex(&mut text, *byte));
    }
    text
}

fn push_hex(text: &mut String, byte: u8) {
    let _ = write!(text, "\\x{byte:02X}");
}

#[cfg(test)]
mod tests {
    use super::{escape, unescape};

    #[test]
    fn escaped_bytes_are_restored() {
        for (bytes, text) in
            [(&b"/caf\xc3\xa9"[..], "/caf\u{e9}"), (b"a\x00\xffb\\c\n", r"a\x00\xFFb\\c\x0A")]
        {
            assert_eq!(escape(bytes), text);
            assert_eq!(unescape(text).unwrap(), bytes);
        }
    }

    #[test]
    fn unknown_escapes_are_rejected() {
        assert_eq!(unescape(r"a\x00\xFFb\\c").unwrap(), b"a\x00\xffb\\c");
        assert!(unescape(r"\n").is_err());
        assert!(unescape(r"\x0").is_err());
    }
}
