//! A key that verifies signatures.

use super::material::Material;
use crate::algorithm::Algorithm;
use jsonwebtoken::DecodingKey;

/// A key and the algorithms that it may be used for.
#[derive(Clone)]
pub struct Key {
    pub(super) kid: Option<String>,
    /// The algorithms that the configuration allows, the key fits, and its `alg` names if it has one.
    pub(super) algorithms: Vec<Algorithm>,
    pub(super) material: Material,
}

impl Key {
    /// Returns the key ID (RFC 7517, section 4.5).
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Returns the algorithms that it may be used for.
    pub fn algorithms(&self) -> &[Algorithm] {
        &self.algorithms
    }

    /// Returns the DER `SubjectPublicKeyInfo` (RFC 5280, section 4.1.2.7) of an RSA or EC key, for a host that
    /// verifies.
    ///
    /// RSA keys whose exponent has more than 33 bits have none: BoringSSL rejects them.
    pub fn spki(&self) -> Option<&[u8]> {
        self.material.spki.as_deref()
    }

    /// Returns the key for `jsonwebtoken`.
    pub(crate) fn decoding(&self) -> &DecodingKey {
        &self.material.decoding
    }

    /// Checks that the key is bound to the algorithm, and that the signature is exactly as long as its signatures are.
    pub(crate) fn admits(&self, algorithm: Algorithm, signature: &[u8]) -> bool {
        self.algorithms.contains(&algorithm)
            && self.material.signature_bytes(algorithm) == Some(signature.len())
    }
}

/// Leaves out the key itself, which may be a secret.
impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { kid, algorithms, .. } = self;
        f.debug_struct("Key").field("kid", kid).field("algorithms", algorithms).finish_non_exhaustive()
    }
}
