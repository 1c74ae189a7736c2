//! Signatures that the module verifies itself.

use super::provider::PROVIDER;
use super::{Verifier, ecdsa};
use crate::algorithm::Algorithm;
use crate::keys::{Curve, Key};
use jsonwebtoken as jwt;

/// The module itself, with RustCrypto: it can verify every algorithm and takes about a millisecond for it.
#[derive(Debug, Clone, Copy, Default)]
pub struct InModule;

impl Verifier for InModule {
    fn verify(&self, algorithm: Algorithm, key: &Key, message: &[u8], signature: &[u8]) -> bool {
        if !key.admits(algorithm, signature) {
            return false;
        }
        let Some(known) = known_to_jsonwebtoken(algorithm) else {
            let point = key.decoding().try_get_as_bytes();
            return point.is_ok_and(|point| ecdsa::holds(Curve::P521, point, message, signature));
        };
        (PROVIDER.verifier_factory)(&known, key.decoding())
            .is_ok_and(|verifier| verifier.verify(message, &signature.to_vec()).is_ok())
    }
}

/// What `jsonwebtoken` calls it; it has no ES512.
fn known_to_jsonwebtoken(algorithm: Algorithm) -> Option<jwt::Algorithm> {
    Some(match algorithm {
        Algorithm::RS256 => jwt::Algorithm::RS256,
        Algorithm::RS384 => jwt::Algorithm::RS384,
        Algorithm::RS512 => jwt::Algorithm::RS512,
        Algorithm::PS256 => jwt::Algorithm::PS256,
        Algorithm::PS384 => jwt::Algorithm::PS384,
        Algorithm::PS512 => jwt::Algorithm::PS512,
        Algorithm::ES256 => jwt::Algorithm::ES256,
        Algorithm::ES384 => jwt::Algorithm::ES384,
        Algorithm::EdDSA => jwt::Algorithm::EdDSA,
        Algorithm::HS256 => jwt::Algorithm::HS256,
        Algorithm::HS384 => jwt::Algorithm::HS384,
        Algorithm::HS512 => jwt::Algorithm::HS512,
        Algorithm::ES512 => return None,
    })
}
