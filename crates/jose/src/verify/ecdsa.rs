//! ECDSA (FIPS 186-5, section 6.4.2) with the hash that goes with the curve and a signature of two numbers in a row
//! (RFC 7518, section 3.4).

use crate::keys::Curve;
use jsonwebtoken::signature::Verifier;

/// Whether a signature is one of the key, which is a point in the uncompressed form (SEC 1, section 2.3.3). Numbers
/// that are 0 or not below the order of the curve make none.
pub(super) fn holds(curve: Curve, point: &[u8], message: &[u8], signature: &[u8]) -> bool {
    macro_rules! holds {
        ($curve:ident) => {{
            let key = $curve::ecdsa::VerifyingKey::from_sec1_bytes(point);
            let signature = $curve::ecdsa::Signature::from_slice(signature);
            key.ok()
                .zip(signature.ok())
                .is_some_and(|(key, signature)| key.verify(message, &signature).is_ok())
        }};
    }
    match curve {
        Curve::P256 => holds!(p256),
        Curve::P384 => holds!(p384),
        Curve::P521 => holds!(p521),
    }
}
