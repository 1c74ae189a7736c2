//! Text with bytes that no YAML can hold.

/// The bytes of a text in which `\xHH` stands for a byte and `\\` for a backslash.
///
/// # Errors
/// Another escape.
pub fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        bytes.extend_from_slice(before.as_bytes());
        let escape = after.strip_prefix('x').and_then(|hex| hex.split_at_checked(2));
        match (escape, after.strip_prefix('\\')) {
            (Some((hex, behind)), _) => {
                bytes.push(u8::from_str_radix(hex, 16).map_err(|_| format!("`\\x{hex}` in `{text}`"))?);
                rest = behind;
            }
            (None, Some(behind)) => {
                bytes.push(b'\\');
                rest = behind;
            }
            (None, None) => return Err(format!("a lone backslash in `{text}`: write `\\\\` or `\\xHH`")),
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(bytes)
}

/// The text for bytes: what is printable stands as it is, `\\` for a backslash and `\xHH` for any other byte.
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
    text.push_str(&format!("\\x{byte:02X}"));
}

#[cfg(test)]
mod tests {
    use super::{escape, unescape};

    #[test]
    fn what_is_escaped_is_the_same_unescaped() {
        for (bytes, text) in
            [(&b"/caf\xc3\xa9"[..], "/caf\u{e9}"), (b"a\x00\xffb\\c\n", r"a\x00\xFFb\\c\x0A")]
        {
            assert_eq!(escape(bytes), text);
            assert_eq!(unescape(text).unwrap(), bytes);
        }
    }

    #[test]
    fn escapes_are_bytes() {
        assert_eq!(unescape(r"a\x00\xFFb\\c").unwrap(), b"a\x00\xffb\\c");
        assert!(unescape(r"\n").is_err());
        assert!(unescape(r"\x0").is_err());
    }
}
