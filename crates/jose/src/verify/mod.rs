//! Whether a signature is one of a key.

mod ecdsa;
mod eddsa;
mod hmac;
mod in_module;
mod provider;
mod rsa;

use crate::algorithm::Algorithm;
use crate::keys::Key;

pub use in_module::InModule;

/// Something that verifies signatures.
pub trait Verifier {
    /// Whether the signature is one of this key over the message with this algorithm (RFC 7515, section 5.2).
    ///
    /// It is not where the key is not bound to the algorithm, whatever the signature.
    fn verify(&self, algorithm: Algorithm, key: &Key, message: &[u8], signature: &[u8]) -> bool;
}
