//! Hash functions (FIPS 180-4).

use sha2::{Digest, Sha256};

/// The hash function of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// Evaluates an expression in which `$digest` is the type of the hash function.
macro_rules! with_hash {
    ($hash:expr, $digest:ident => $body:expr) => {
        match $hash {
            $crate::hash::Hash::Sha256 => {
                type $digest = sha2::Sha256;
                $body
            }
            $crate::hash::Hash::Sha384 => {
                type $digest = sha2::Sha384;
                $body
            }
            $crate::hash::Hash::Sha512 => {
                type $digest = sha2::Sha512;
                $body
            }
        }
    };
}
pub(crate) use with_hash;

impl Hash {
    /// Returns the name that Envoy's `verify_signature` has for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    /// Returns the length of a digest.
    pub(crate) fn bytes(self) -> usize {
        with_hash!(self, D => <D as Digest>::output_size())
    }
}

/// Returns the SHA-256 of some bytes: the key of a cache, or the thumbprint of a certificate (`x5t#S256`, RFC 7515,
/// section 4.1.8; RFC 8705, section 3.1).
///
/// ```
/// assert_eq!(jose::sha256(b"abc")[..4], [0xba, 0x78, 0x16, 0xbf]);
/// ```
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
