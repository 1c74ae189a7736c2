//! The signature schemes, on RustCrypto.

use crate::algorithm::Scheme;
use crate::curve::with_curve;
use crate::hash::with_hash;
use crate::keys::rsa_key;
use hmac::digest::Mac;
use jsonwebtoken::signature::Verifier;
use jsonwebtoken::{DecodingKey, DecodingKeyKind};

/// Verifies a signature with a key of the right family.
pub(super) fn verify(scheme: Scheme, key: &DecodingKey, message: &[u8], signature: &[u8]) -> bool {
    use DecodingKeyKind::{RsaModulusExponent, SecretOrDer};
    match (scheme, key.kind()) {
        // RFC 8017, section 8.2.2.
        (Scheme::RsaPkcs1(hash), RsaModulusExponent { n, e }) => with_hash!(hash, D => {
            let digest = <D as sha2::Digest>::digest(message);
            rsa_key::parse(n, e)
                .is_ok_and(|key| key.verify(rsa::Pkcs1v15Sign::new::<D>(), &digest, signature).is_ok())
        }),
        // RFC 8017, section 8.1.2: a salt as long as the hash, and MGF1 with the same hash (RFC 7518, section 3.5).
        (Scheme::RsaPss(hash), RsaModulusExponent { n, e }) => with_hash!(hash, D => {
            let key = rsa_key::parse(n, e).map(rsa::pss::VerifyingKey::<D>::new);
            let signature = rsa::pss::Signature::try_from(signature);
            key.ok().zip(signature.ok()).is_some_and(|(key, signature)| key.verify(message, &signature).is_ok())
        }),
        // FIPS 186-5, section 6.4.2: two numbers in a row (RFC 7518, section 3.4), hashed with the function of the
        // curve. Numbers that are 0 or not below the order of the curve are refused.
        (Scheme::Ecdsa(curve), SecretOrDer(point)) => with_curve!(curve, curve => {
            let key = curve::ecdsa::VerifyingKey::from_sec1_bytes(point);
            let signature = curve::ecdsa::Signature::from_slice(signature);
            key.ok().zip(signature.ok()).is_some_and(|(key, signature)| key.verify(message, &signature).is_ok())
        }),
        // Strictly (RFC 8032, section 5.1.7): points of small order, with which one signature fits many messages, are
        // refused.
        (Scheme::Ed25519, SecretOrDer(point)) => {
            let key = ed25519_dalek::VerifyingKey::try_from(point.as_slice());
            let signature = ed25519_dalek::Signature::from_slice(signature);
            key.ok()
                .zip(signature.ok())
                .is_some_and(|(key, signature)| key.verify_strict(message, &signature).is_ok())
        }
        // RFC 2104, compared in constant time.
        (Scheme::Hmac(hash), SecretOrDer(secret)) => with_hash!(hash, D => {
            <hmac::Hmac::<D> as Mac>::new_from_slice(secret)
                .is_ok_and(|mac| mac.chain_update(message).verify_slice(signature).is_ok())
        }),
        (Scheme::RsaPkcs1(_) | Scheme::RsaPss(_), SecretOrDer(_)) => false,
        (Scheme::Ecdsa(_) | Scheme::Ed25519 | Scheme::Hmac(_), RsaModulusExponent { .. }) => false,
    }
}
