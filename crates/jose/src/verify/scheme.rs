//! The signature schemes, on RustCrypto.

use crate::algorithm::Scheme;
use crate::curve::with_curve;
use crate::hash::with_hash;
use crate::keys::rsa_key;
use hmac::digest::Mac;
use jsonwebtoken::signature::Verifier;
use jsonwebtoken::{DecodingKey, DecodingKeyKind};

/// Verifies a signature with a key of the right family. Returns `None` if it is invalid.
pub(super) fn verify(scheme: Scheme, key: &DecodingKey, message: &[u8], signature: &[u8]) -> Option<()> {
    use DecodingKeyKind::{RsaModulusExponent, SecretOrDer};
    match (scheme, key.kind()) {
        // RFC 8017, section 8.2.2.
        (Scheme::RsaPkcs1(hash), RsaModulusExponent { n, e }) => with_hash!(hash, D => {
            let digest = <D as sha2::Digest>::digest(message);
            rsa_key::parse(n, e).ok()?.verify(rsa::Pkcs1v15Sign::new::<D>(), &digest, signature).ok()
        }),
        // RFC 8017, section 8.1.2: a salt as long as the hash, and MGF1 with the same hash (RFC 7518, section 3.5).
        (Scheme::RsaPss(hash), RsaModulusExponent { n, e }) => with_hash!(hash, D => {
            let signature = rsa::pss::Signature::try_from(signature).ok()?;
            rsa::pss::VerifyingKey::<D>::new(rsa_key::parse(n, e).ok()?).verify(message, &signature).ok()
        }),
        // FIPS 186-5, section 6.4.2: r and s, concatenated (RFC 7518, section 3.4), hashed with the function of the
        // curve. Numbers that are 0 or not below the order of the curve are rejected.
        (Scheme::Ecdsa(curve), SecretOrDer(point)) => with_curve!(curve, curve => {
            let signature = curve::ecdsa::Signature::from_slice(signature).ok()?;
            curve::ecdsa::VerifyingKey::from_sec1_bytes(point).ok()?.verify(message, &signature).ok()
        }),
        // Strictly (RFC 8032, section 5.1.7): points of small order, with which one signature fits many messages, are
        // rejected.
        (Scheme::Ed25519, SecretOrDer(point)) => {
            let signature = ed25519_dalek::Signature::from_slice(signature).ok()?;
            let key = ed25519_dalek::VerifyingKey::try_from(point.as_slice()).ok()?;
            key.verify_strict(message, &signature).ok()
        }
        // RFC 2104, compared in constant time.
        (Scheme::Hmac(hash), SecretOrDer(secret)) => with_hash!(hash, D => {
            let mac = <hmac::Hmac::<D> as Mac>::new_from_slice(secret).ok()?;
            mac.chain_update(message).verify_slice(signature).ok()
        }),
        (Scheme::RsaPkcs1(_) | Scheme::RsaPss(_), SecretOrDer(_)) => None,
        (Scheme::Ecdsa(_) | Scheme::Ed25519 | Scheme::Hmac(_), RsaModulusExponent { .. }) => None,
    }
}
