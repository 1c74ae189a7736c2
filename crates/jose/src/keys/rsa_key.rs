//! The public keys of RSA (RFC 7518, section 6.3.1).

use rsa::traits::PublicKeyParts;
use rsa::{BigUint, RsaPublicKey};

/// Checks a modulus and an exponent, the highest byte first. Leading zeros are allowed: they should not be there (RFC
/// 7518, section 2), but some libraries write one (section 6.3.1.1).
pub(crate) fn parse(modulus: &[u8], exponent: &[u8]) -> Result<RsaPublicKey, &'static str> {
    let (n, e) = (BigUint::from_bytes_be(modulus), BigUint::from_bytes_be(exponent));
    match n.bits() {
        // "A key of size 2048 bits or larger MUST be used" (RFC 7518, section 3.3).
        0..2048 => return Err("`n` has fewer than 2048 bits"),
        2048..=8192 => {}
        _ => return Err("`n` has more than 8192 bits"),
    }
    // Montgomery's reduction takes an odd modulus.
    if is_even(modulus) {
        return Err("`n` is even");
    }
    if e.bits() > 64 {
        return Err("`e` has more than 64 bits");
    }
    if is_even(exponent) || e.bits() < 2 {
        return Err("`e` is not an odd number of at least 3");
    }
    // Use the unchecked constructor: the crate's limits are narrower.
    Ok(RsaPublicKey::new_unchecked(n, e))
}

/// Returns true if BoringSSL, which bounds the cost of verifying, accepts the key.
pub(super) fn suits_host(key: &RsaPublicKey) -> bool {
    key.e().bits() <= 33
}

fn is_even(number: &[u8]) -> bool {
    number.last().is_none_or(|last| last % 2 == 0)
}

#[cfg(test)]
mod tests {
    use super::{parse, suits_host};
    use crate::test;

    fn modulus(first: u8, bytes: usize, last: u8) -> Vec<u8> {
        let mut modulus = vec![first];
        modulus.resize(bytes - 1, 0);
        modulus.push(last);
        modulus
    }

    fn error(modulus: &[u8], exponent: &[u8]) -> Option<&'static str> {
        parse(modulus, exponent).err()
    }

    #[test]
    fn the_size_of_the_modulus_is_bounded() {
        let e = [1, 0, 1];
        assert_eq!(error(&modulus(0x80, 256, 1), &e), None);
        assert_eq!(error(&modulus(0x7f, 256, 1), &e), Some("`n` has fewer than 2048 bits"));
        assert_eq!(error(&modulus(0x01, 257, 1), &e), None);
        assert_eq!(
            error(&[&[0; 300][..], &modulus(0x7f, 256, 1)].concat(), &e),
            Some("`n` has fewer than 2048 bits")
        );
        assert_eq!(error(&[], &e), Some("`n` has fewer than 2048 bits"));
        assert_eq!(error(&modulus(0xff, 1024, 1), &e), None);
        assert_eq!(error(&modulus(0x01, 1025, 1), &e), Some("`n` has more than 8192 bits"));
    }

    #[test]
    fn modulus_and_exponent_are_odd() {
        let n = modulus(0x80, 256, 1);
        assert_eq!(error(&modulus(0x80, 256, 2), &[3]), Some("`n` is even"));
        assert_eq!(error(&n, &[0, 3]), None);
        assert_eq!(error(&n, &[0xff; 8]), None);
        assert_eq!(error(&n, &[1; 9]), Some("`e` has more than 64 bits"));
        for exponent in [&[][..], &[0], &[1], &[0, 1], &[2], &[1, 0, 0]] {
            assert_eq!(error(&n, exponent), Some("`e` is not an odd number of at least 3"), "{exponent:?}");
        }
    }

    #[test]
    fn the_host_accepts_small_exponents() {
        let suits = |exponent: &[u8]| suits_host(&parse(&modulus(0x80, 256, 1), exponent).unwrap());
        assert!(suits(&[1, 0, 1]) && suits(&[1, 0, 0, 0, 1]));
        assert!(!suits(&[2, 0, 0, 0, 1]));
    }
}
