//! The trait of all verifiers.

use crate::algorithm::Algorithm;
use crate::keys::Key;

/// Verifies signatures.
pub trait Verifier {
    /// Returns true if the key made the signature over the message with this algorithm (RFC 7515, section 5.2).
    ///
    /// Returns false for every signature if the key is not bound to the algorithm.
    fn verify(&self, algorithm: Algorithm, key: &Key, message: &[u8], signature: &[u8]) -> bool;
}
