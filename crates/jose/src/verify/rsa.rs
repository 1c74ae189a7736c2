//! RSA (RFC 8017).

use jsonwebtoken::errors::{ErrorKind, Result, new_error};
use jsonwebtoken::signature::Verifier;
use jsonwebtoken::{DecodingKey, DecodingKeyKind};
use rsa::pkcs8::AssociatedOid;
use rsa::{BigUint, Pkcs1v15Sign, RsaPublicKey};
use sha2::digest::{Digest, FixedOutputReset};

/// The key of its numbers.
pub(super) fn public_key(key: &DecodingKey) -> Result<RsaPublicKey> {
    let DecodingKeyKind::RsaModulusExponent { n, e } = key.kind() else {
        return Err(new_error(ErrorKind::InvalidKeyFormat));
    };
    // Montgomery's reduction takes an odd modulus.
    if n.last().is_none_or(|last| last % 2 == 0) {
        return Err(new_error(ErrorKind::InvalidKeyFormat));
    }
    // Unchecked by that crate, whose limits are narrower: the numbers were judged when the key was read.
    Ok(RsaPublicKey::new_unchecked(BigUint::from_bytes_be(n), BigUint::from_bytes_be(e)))
}

/// RSASSA-PKCS1-v1_5 (RFC 8017, section 8.2.2; RFC 7518, section 3.3).
pub(super) fn pkcs1v15<D: Digest + AssociatedOid>(
    key: RsaPublicKey,
    message: &[u8],
    signature: &[u8],
) -> bool {
    key.verify(Pkcs1v15Sign::new::<D>(), &D::digest(message), signature).is_ok()
}

/// RSASSA-PSS (RFC 8017, section 8.1.2) with a salt as long as the hash and MGF1 of the same hash (RFC 7518, section
/// 3.5).
pub(super) fn pss<D: Digest + FixedOutputReset>(key: RsaPublicKey, message: &[u8], signature: &[u8]) -> bool {
    let signature = rsa::pss::Signature::try_from(signature);
    signature.is_ok_and(|signature| rsa::pss::VerifyingKey::<D>::new(key).verify(message, &signature).is_ok())
}
