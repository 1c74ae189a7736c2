//! The cryptography that `jsonwebtoken` runs on here.
//!
//! It comes with a provider on RustCrypto of its own, but that one refuses RSA keys of more than 4096 bits, takes an
//! RSA-PSS signature plus a multiple of the modulus for another, can sign, and draws random numbers for it.

use super::{ecdsa, eddsa, hmac, rsa};
use crate::keys::Curve;
use jsonwebtoken::crypto::{CryptoProvider, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, Result, new_error};
use jsonwebtoken::signature::{Error as Refused, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey};
use sha2::{Sha256, Sha384, Sha512};

/// It verifies. Whatever else it is asked for is an error, where `KeyUtils::new_unimplemented` would panic.
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

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    let check = match algorithm {
        Algorithm::RS256 => with_rsa(key, rsa::pkcs1v15::<Sha256>)?,
        Algorithm::RS384 => with_rsa(key, rsa::pkcs1v15::<Sha384>)?,
        Algorithm::RS512 => with_rsa(key, rsa::pkcs1v15::<Sha512>)?,
        Algorithm::PS256 => with_rsa(key, rsa::pss::<Sha256>)?,
        Algorithm::PS384 => with_rsa(key, rsa::pss::<Sha384>)?,
        Algorithm::PS512 => with_rsa(key, rsa::pss::<Sha512>)?,
        Algorithm::ES256 => with_bytes(key, |point, m, s| ecdsa::holds(Curve::P256, point, m, s))?,
        Algorithm::ES384 => with_bytes(key, |point, m, s| ecdsa::holds(Curve::P384, point, m, s))?,
        Algorithm::EdDSA => with_bytes(key, eddsa::holds)?,
        Algorithm::HS256 => with_bytes(key, hmac::sha256)?,
        Algorithm::HS384 => with_bytes(key, hmac::sha384)?,
        Algorithm::HS512 => with_bytes(key, hmac::sha512)?,
        _ => return unsupported(),
    };
    Ok(Box::new(Check { algorithm: *algorithm, check }))
}

type MessageAndSignature = Box<dyn Fn(&[u8], &[u8]) -> bool>;

/// A function with its key, as `jsonwebtoken` takes it.
struct Check {
    algorithm: Algorithm,
    check: MessageAndSignature,
}

impl Verifier<Vec<u8>> for Check {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), Refused> {
        if (self.check)(message, signature) { Ok(()) } else { Err(Refused::new()) }
    }
}

impl JwtVerifier for Check {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

fn with_rsa(
    key: &DecodingKey,
    holds: fn(::rsa::RsaPublicKey, &[u8], &[u8]) -> bool,
) -> Result<MessageAndSignature> {
    let key = rsa::public_key(key)?;
    Ok(Box::new(move |message, signature| holds(key.clone(), message, signature)))
}

fn with_bytes(key: &DecodingKey, holds: fn(&[u8], &[u8], &[u8]) -> bool) -> Result<MessageAndSignature> {
    let key = key.try_get_as_bytes()?.to_vec();
    Ok(Box::new(move |message, signature| holds(&key, message, signature)))
}

#[cfg(test)]
mod tests {
    use super::PROVIDER;
    use crate::test;
    use jsonwebtoken::jwk::{EllipticCurve, ThumbprintHash};
    use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};

    #[test]
    fn whatever_but_verifying_is_an_error() {
        let utils = &PROVIDER.key_utils;
        assert!((PROVIDER.signer_factory)(&Algorithm::HS256, &EncodingKey::from_secret(b"a")).is_err());
        assert!((utils.rsa_pub_components_from_private_key)(b"").is_err());
        assert!((utils.rsa_pub_components_from_public_key)(b"").is_err());
        assert!((utils.ec_pub_components_from_private_key)(b"", Algorithm::ES256).is_err());
        assert!((utils.ed_pub_components_from_private_key)(b"", &EllipticCurve::Ed25519).is_err());
        assert!((utils.compute_digest)(b"", ThumbprintHash::SHA256).is_err());
    }

    #[test]
    fn a_key_of_another_kind_verifies_nothing() {
        let kinds = [
            DecodingKey::from_secret(b""),
            DecodingKey::from_secret(&[4; 65]),
            DecodingKey::from_rsa_raw_components(b"", b""),
            DecodingKey::from_rsa_raw_components(&[0], &[0]),
            DecodingKey::from_rsa_raw_components(&[4], &[2]),
            DecodingKey::from_ed_der(&[]),
            DecodingKey::from_ec_der(&[4]),
        ];
        let algorithms =
            [Algorithm::RS256, Algorithm::PS512, Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA];
        for key in &kinds {
            for algorithm in &algorithms {
                let verifier = (PROVIDER.verifier_factory)(algorithm, key);
                assert!(
                    !verifier.is_ok_and(|verifier| verifier.verify(b"", &vec![0; 64]).is_ok()),
                    "{algorithm:?}"
                );
            }
        }
    }
}
