//! Ed25519 (RFC 8032, section 5.1.7).

use ed25519_dalek::{Signature, VerifyingKey};

/// Whether a signature is one of the key. Strictly: points of small order, with which one signature fits many
/// messages, make none.
pub(super) fn holds(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let key = VerifyingKey::try_from(key);
    let signature = Signature::from_slice(signature);
    key.ok()
        .zip(signature.ok())
        .is_some_and(|(key, signature)| key.verify_strict(message, &signature).is_ok())
}
