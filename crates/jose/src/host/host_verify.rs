//! The host's part in verifying.

use crate::algorithm::{Algorithm, Scheme};
use crate::der;
use crate::keys::Key;

/// The host did not verify: it does not have the function, or the module may not call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostUnavailable;

/// A host that may verify signatures.
pub trait HostVerify {
    /// Returns true if the signature of the message, RSASSA-PKCS1-v1_5 or ECDSA in DER, is valid for the key with this
    /// hash.
    ///
    /// # Errors
    /// Returns [`HostUnavailable`] if the host did not verify the signature.
    fn verify_signature(
        &self,
        hash: &str,
        spki: &[u8],
        signature: &[u8],
        message: &[u8],
    ) -> Result<bool, HostUnavailable>;
}

/// Verifies a signature of the right length by the host. Returns `None` if the host cannot verify it.
pub(super) fn verify_by_host(
    host: &impl HostVerify,
    algorithm: Algorithm,
    key: &Key,
    message: &[u8],
    signature: &[u8],
) -> Option<bool> {
    let spki = key.spki()?;
    match algorithm.scheme() {
        Scheme::RsaPkcs1(hash) => host.verify_signature(hash.name(), spki, signature, message).ok(),
        Scheme::Ecdsa(curve) => match ecdsa_der(signature) {
            Some(signature) => host.verify_signature(curve.hash().name(), spki, &signature, message).ok(),
            None => Some(false),
        },
        // The host's function cannot select the padding, requires a digest, and takes public keys only.
        Scheme::RsaPss(_) | Scheme::Ed25519 | Scheme::Hmac(_) => None,
    }
}

/// Returns the `ECDSA-Sig-Value` (RFC 3279, section 2.2.3) of r and s, concatenated, or `None` if one is 0, which is
/// never valid (FIPS 186-5, section 6.4.2).
fn ecdsa_der(signature: &[u8]) -> Option<Vec<u8>> {
    let (r, s) = signature.split_at_checked(signature.len() / 2)?;
    let is_zero = |number: &[u8]| number.iter().all(|byte| *byte == 0);
    (!is_zero(r) && !is_zero(s)).then(|| der::sequence(&[&der::unsigned(r), &der::unsigned(s)]))
}

#[cfg(test)]
mod tests {
    use super::ecdsa_der;
    use crate::test;

    #[test]
    fn two_numbers_become_der() {
        assert_eq!(ecdsa_der(&[0, 1, 0x80, 0]), Some(vec![0x30, 8, 2, 1, 1, 2, 3, 0, 0x80, 0]));
        assert_eq!(ecdsa_der(&[1; 132]).map(|der| der[..3].to_vec()), Some(vec![0x30, 0x81, 136]));
        for signature in [&[][..], &[0; 64], &[0, 0, 0, 1], &[0, 1, 0, 0]] {
            assert_eq!(ecdsa_der(signature), None, "{signature:?}");
        }
    }
}
