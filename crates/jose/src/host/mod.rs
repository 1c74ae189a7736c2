//! Signatures that the host verifies: Envoy's foreign function `verify_signature`, in some 30 microseconds where the
//! module takes a millisecond.

mod known_answer;
mod wire;

use crate::algorithm::{Algorithm, Family};
use crate::der;
use crate::keys::Key;
use crate::verify::{InModule, Verifier};

pub use known_answer::known_answer;
pub use wire::{decode_result, encode_request};

/// The host does not verify: it has no such function, or may not be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostAbsent;

/// A host that may verify signatures.
pub trait HostVerify {
    /// Whether the signature, RSASSA-PKCS1-v1_5 or ECDSA in DER, is one of the key over the message with this hash.
    ///
    /// # Errors
    /// The host has not judged it.
    fn verify_signature(
        &self,
        hash: &str,
        spki: &[u8],
        signature: &[u8],
        message: &[u8],
    ) -> Result<bool, HostAbsent>;
}

/// RS* and ES* by the host, everything else, and everything the host does not judge, by the module.
///
/// The host sets no minimum of an RSA key's size and does not bind curves to algorithms: both was done when the key
/// was read.
#[derive(Debug, Clone, Copy)]
pub struct HostBacked<H> {
    /// None where it failed to tell a good signature from a bad one.
    host: Option<H>,
}

impl<H: HostVerify> HostBacked<H> {
    /// With a host that is trusted.
    pub fn new(host: H) -> Self {
        Self { host: Some(host) }
    }

    /// With a host that is trusted if it gives the [`known_answer`], and not asked again if it does not.
    pub fn probed(host: H) -> Self {
        Self { host: known_answer(&host).then_some(host) }
    }

    /// Whether the host is asked.
    pub fn asks_host(&self) -> bool {
        self.host.is_some()
    }
}

impl<H: HostVerify> Verifier for HostBacked<H> {
    fn verify(&self, algorithm: Algorithm, key: &Key, message: &[u8], signature: &[u8]) -> bool {
        if !key.admits(algorithm, signature) {
            return false;
        }
        let judged = self.host.as_ref().and_then(|host| ask(host, algorithm, key, message, signature));
        judged.unwrap_or_else(|| InModule.verify(algorithm, key, message, signature))
    }
}

/// What the host says, if it can be asked and answers. The signature has the length that it must have.
fn ask(
    host: &impl HostVerify,
    algorithm: Algorithm,
    key: &Key,
    message: &[u8],
    signature: &[u8],
) -> Option<bool> {
    let hash = algorithm.hash().name();
    let spki = key.spki()?;
    match algorithm.family() {
        Family::Rsa => host.verify_signature(hash, spki, signature, message).ok(),
        Family::Ec => match ecdsa_der(signature) {
            Some(signature) => host.verify_signature(hash, spki, &signature, message).ok(),
            None => Some(false),
        },
        // The host's function has no padding to choose, insists on a digest, and takes public keys only.
        Family::RsaPss | Family::EdDsa | Family::Hmac => None,
    }
}

/// `ECDSA-Sig-Value` (RFC 3279, section 2.2.3) of two numbers in a row; nothing where one is 0, which is no signature
/// whatever else is checked (FIPS 186-5, section 6.4.2).
fn ecdsa_der(signature: &[u8]) -> Option<Vec<u8>> {
    let (r, s) = signature.split_at_checked(signature.len() / 2)?;
    let zero = |number: &[u8]| number.iter().all(|byte| *byte == 0);
    (!zero(r) && !zero(s)).then(|| der::sequence(&[&der::unsigned(r), &der::unsigned(s)]))
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
