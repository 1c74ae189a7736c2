//! Verifying by the module itself.

use super::provider::PROVIDER;
use super::scheme;
use super::verifier::Verifier;
use crate::algorithm::Algorithm;
use crate::keys::Key;

/// Verifies every algorithm with RustCrypto, which takes about a millisecond.
#[derive(Debug, Clone, Copy, Default)]
pub struct InModule;

impl Verifier for InModule {
    fn verify(&self, algorithm: Algorithm, key: &Key, message: &[u8], signature: &[u8]) -> bool {
        if !key.admits(algorithm, signature) {
            return false;
        }
        match algorithm.jwt() {
            Some(jwt) => (PROVIDER.verifier_factory)(&jwt, key.decoding())
                .is_ok_and(|verifier| verifier.verify(message, &signature.to_vec()).is_ok()),
            // `jsonwebtoken` does not have the algorithm.
            None => scheme::verify(algorithm.scheme(), key.decoding(), message, signature).is_some(),
        }
    }
}
