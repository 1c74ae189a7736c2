//! The numbers of an RSA key (RFC 7518, section 6.3.1).

use crate::der;

/// Modulus and exponent, the highest byte first and without leading zeros.
pub(super) struct RsaNumbers {
    pub(super) modulus: Vec<u8>,
    pub(super) exponent: Vec<u8>,
}

impl RsaNumbers {
    /// Judges the numbers. Leading zeros are cut off: they should not be there (RFC 7518, section 2), but some
    /// libraries write one (section 6.3.1.1), and they change nothing.
    pub(super) fn new(modulus: &[u8], exponent: &[u8]) -> Result<Self, &'static str> {
        let (modulus, exponent) = (der::without_zeros(modulus), der::without_zeros(exponent));
        match bits(modulus) {
            // "A key of size 2048 bits or larger MUST be used" (RFC 7518, section 3.3).
            0..2048 => return Err("`n` has fewer than 2048 bits"),
            2048..=8192 => {}
            _ => return Err("`n` has more than 8192 bits"),
        }
        if is_even(modulus) {
            return Err("`n` is even");
        }
        if bits(exponent) > 64 {
            return Err("`e` has more than 64 bits");
        }
        if is_even(exponent) || exponent == [1] {
            return Err("`e` is no odd number from 3");
        }
        Ok(Self { modulus: modulus.to_vec(), exponent: exponent.to_vec() })
    }

    /// Whether BoringSSL, which bounds what a check may cost, takes the key.
    pub(super) fn suits_host(&self) -> bool {
        bits(&self.exponent) <= 33
    }
}

fn bits(number: &[u8]) -> usize {
    let spare = number.first().map_or(0, |first| first.leading_zeros() as usize);
    (number.len() * 8).saturating_sub(spare)
}

fn is_even(number: &[u8]) -> bool {
    number.last().is_none_or(|last| last % 2 == 0)
}

#[cfg(test)]
mod tests {
    use super::RsaNumbers;
    use crate::test;

    fn modulus(first: u8, bytes: usize, last: u8) -> Vec<u8> {
        let mut modulus = vec![first];
        modulus.resize(bytes - 1, 0);
        modulus.push(last);
        modulus
    }

    fn error(modulus: &[u8], exponent: &[u8]) -> Option<&'static str> {
        RsaNumbers::new(modulus, exponent).err()
    }

    #[test]
    fn size_is_counted_in_bits() {
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
    fn numbers_are_odd() {
        let n = modulus(0x80, 256, 1);
        assert_eq!(error(&modulus(0x80, 256, 2), &[3]), Some("`n` is even"));
        assert_eq!(error(&n, &[0, 3]), None);
        assert_eq!(error(&n, &[0xff; 8]), None);
        assert_eq!(error(&n, &[1; 9]), Some("`e` has more than 64 bits"));
        for exponent in [&[][..], &[0], &[1], &[0, 1], &[2], &[1, 0, 0]] {
            assert_eq!(error(&n, exponent), Some("`e` is no odd number from 3"), "{exponent:?}");
        }
    }

    #[test]
    fn the_host_takes_small_exponents() {
        let suits = |exponent: &[u8]| RsaNumbers::new(&modulus(0x80, 256, 1), exponent).unwrap().suits_host();
        assert!(suits(&[1, 0, 1]) && suits(&[1, 0, 0, 0, 1]));
        assert!(!suits(&[2, 0, 0, 0, 1]));
    }
}
