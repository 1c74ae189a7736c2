//! A digest of its own, for what is no signature.

use sha2::{Digest, Sha256};

/// The SHA-256 of some bytes: what a cache is keyed by, and the thumbprint of a certificate (`x5t#S256`, RFC 7515,
/// section 4.1.8; RFC 8705, section 3.1).
///
/// ```
/// assert_eq!(jose::sha256(b"abc")[..4], [0xba, 0x78, 0x16, 0xbf]);
/// ```
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
