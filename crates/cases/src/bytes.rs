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

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn escapes_are_bytes() {
        assert_eq!(unescape(r"a\x00\xFFb\\c").unwrap(), b"a\x00\xffb\\c");
        assert!(unescape(r"\n").is_err());
        assert!(unescape(r"\x0").is_err());
    }
}
