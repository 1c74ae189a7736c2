//! The cryptography of `jsonwebtoken`.
//!
//! The provider on RustCrypto that comes with it rejects RSA keys of more than 4096 bits, accepts an RSA-PSS signature
//! to which a multiple of the modulus was added, and needs random numbers to sign.

use super::scheme;
use crate::algorithm::{Algorithm, Scheme};
use jsonwebtoken as jwt;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::crypto::{CryptoProvider, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, Result, new_error};
use jsonwebtoken::signature::{Error, Verifier};

/// Verifies signatures; all else is an error, where `KeyUtils::new_unimplemented` would panic.
pub(super) static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |_, _| unsupported(),
    verifier_factory: verifier,
    key_utils: KeyUtils {
        rsa_pub_components_from_private_key: |_| unsupported(),
        rsa_pub_components_from_public_key: |_| unsupported(),
        ec_pub_components_from_private_key: |_, _| unsupported(),
        ed_pub_components_from_private_key: |_, _| unsupported(),
        compute_digest: |_, _| unsupported(),
    },
};

fn unsupported<T>() -> Result<T> {
    Err(new_error(ErrorKind::UnsupportedAlgorithm))
}

/// Creates the verifier of an algorithm. The key must be of its family: a public key is never used as a secret.
fn verifier(algorithm: &jwt::Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    let known = Algorithm::ALL.into_iter().find(|known| known.jwt() == Some(*algorithm));
    match known {
        Some(known) if key.family() == algorithm.family() => {
            Ok(Box::new(KeyVerifier { algorithm: *algorithm, scheme: known.scheme(), key: key.clone() }))
        }
        _ => unsupported(),
    }
}

/// Verifies the signatures of a key.
struct KeyVerifier {
    algorithm: jwt::Algorithm,
    scheme: Scheme,
    key: DecodingKey,
}

impl Verifier<Vec<u8>> for KeyVerifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), Error> {
        scheme::verify(self.scheme, &self.key, message, signature).ok_or_else(Error::new)
    }
}

impl JwtVerifier for KeyVerifier {
    fn algorithm(&self) -> jwt::Algorithm {
        self.algorithm
    }
}

#[cfg(test)]
mod tests {
    use super::PROVIDER;
    use crate::test;
    use jsonwebtoken::jwk::{EllipticCurve, ThumbprintHash};
    use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};

    #[test]
    fn everything_but_verifying_is_an_error() {
        let utils = &PROVIDER.key_utils;
        assert!((PROVIDER.signer_factory)(&Algorithm::HS256, &EncodingKey::from_secret(b"a")).is_err());
        assert!((utils.rsa_pub_components_from_private_key)(b"").is_err());
        assert!((utils.rsa_pub_components_from_public_key)(b"").is_err());
        assert!((utils.ec_pub_components_from_private_key)(b"", Algorithm::ES256).is_err());
        assert!((utils.ed_pub_components_from_private_key)(b"", &EllipticCurve::Ed25519).is_err());
        assert!((utils.compute_digest)(b"", ThumbprintHash::SHA256).is_err());
    }

    #[test]
    fn a_key_of_another_family_or_form_verifies_nothing() {
        let keys = [
            DecodingKey::from_secret(b""),
            DecodingKey::from_secret(&[4; 65]),
            DecodingKey::from_rsa_raw_components(b"", b""),
            DecodingKey::from_rsa_raw_components(&[0], &[0]),
            DecodingKey::from_rsa_raw_components(&[4], &[2]),
            DecodingKey::from_rsa_der(&[0x30, 0]),
            DecodingKey::from_ed_der(&[]),
            DecodingKey::from_ec_der(&[4]),
        ];
        let algorithms =
            [Algorithm::RS256, Algorithm::PS512, Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA];
        for key in &keys {
            for algorithm in &algorithms {
                let verifier = (PROVIDER.verifier_factory)(algorithm, key);
                assert!(
                    !verifier.is_ok_and(|verifier| verifier.verify(b"", &vec![0; 64]).is_ok()),
                    "{algorithm:?}"
                );
            }
        }
        assert!((PROVIDER.verifier_factory)(&Algorithm::HS256, &DecodingKey::from_ec_der(&[4; 65])).is_err());
    }
}
