//! A key that can be used.

use super::material::{Kind, Material};
use crate::algorithm::Algorithm;
use jsonwebtoken::DecodingKey;

/// A key, the algorithms that it serves, and what verifying with it takes, all made once.
#[derive(Clone)]
pub struct Key {
    kid: Option<String>,
    /// Those that the configuration allows, the key's type and size fit, and its `alg` names where it has one.
    algorithms: Vec<Algorithm>,
    material: Material,
}

impl Key {
    pub(super) fn new(kid: Option<String>, algorithms: Vec<Algorithm>, material: Material) -> Self {
        Self { kid, algorithms, material }
    }

    /// Its name (RFC 7517, section 4.5).
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// What it may be used for.
    pub fn algorithms(&self) -> &[Algorithm] {
        &self.algorithms
    }

    /// The DER `SubjectPublicKeyInfo` (RFC 5280, section 4.1.2.7) of an RSA or EC key, for a host that verifies.
    ///
    /// RSA keys whose exponent has more than 33 bits have none: BoringSSL refuses them.
    pub fn spki(&self) -> Option<&[u8]> {
        self.material.spki.as_deref()
    }

    /// What kind of key it is.
    pub(crate) fn kind(&self) -> Kind {
        self.material.kind
    }

    /// The key as `jsonwebtoken` takes it.
    pub(crate) fn decoding(&self) -> &DecodingKey {
        &self.material.decoding
    }

    /// Whether a signature of this algorithm can be one of this key at all: it is among those the key is bound to,
    /// and the signature is exactly as long as it must be.
    pub(crate) fn admits(&self, algorithm: Algorithm, signature: &[u8]) -> bool {
        self.algorithms.contains(&algorithm) && signature.len() == self.kind().signature_bytes(algorithm)
    }
}

/// Without the key itself, which may be a secret.
impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { kid, algorithms, .. } = self;
        f.debug_struct("Key").field("kid", kid).field("algorithms", algorithms).finish_non_exhaustive()
    }
}
