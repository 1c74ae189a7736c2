//! `SubjectPublicKeyInfo` (RFC 5280, section 4.1.2.7), the encoding of a public key for a host.

use crate::curve::Curve;
use crate::der;

/// `rsaEncryption` (RFC 8017, appendix A.1).
const RSA_ENCRYPTION: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

/// `id-ecPublicKey` (RFC 5480, section 2.1.1).
const EC_PUBLIC_KEY: [u8; 7] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];

/// Encodes an RSA key (RFC 3279, section 2.3.1).
pub(super) fn rsa(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let key = der::sequence(&[&der::unsigned(modulus), &der::unsigned(exponent)]);
    info(&RSA_ENCRYPTION, &der::value(der::NULL, &[]), &key)
}

/// Encodes a point in the uncompressed form (RFC 5480, section 2.2).
pub(super) fn ec(curve: Curve, point: &[u8]) -> Vec<u8> {
    info(&EC_PUBLIC_KEY, &der::value(der::OBJECT_IDENTIFIER, curve.object_identifier()), point)
}

fn info(algorithm: &[u8], parameters: &[u8], key: &[u8]) -> Vec<u8> {
    let algorithm = der::sequence(&[&der::value(der::OBJECT_IDENTIFIER, algorithm), parameters]);
    der::sequence(&[&algorithm, &der::bits(key)])
}
