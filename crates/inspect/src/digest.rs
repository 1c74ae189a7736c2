//! Digests as text.

/// Parses a SHA-256 in hex, with or without the prefix `sha256:` or colons, and returns it in lower case.
///
/// ```
/// assert_eq!(inspect::sha256(&"AB:".repeat(32)), Ok("ab".repeat(32)));
/// assert!(inspect::sha256("46746d").is_err());
/// ```
///
/// # Errors
/// Returns what to write.
pub fn sha256(text: &str) -> Result<String, &'static str> {
    let hex = text.strip_prefix("sha256:").unwrap_or(text).replace(':', "").to_ascii_lowercase();
    let valid = hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    if valid { Ok(hex) } else { Err("write the SHA-256 as 64 hex digits") }
}
