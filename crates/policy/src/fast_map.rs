//! Maps for look-ups on every request, whose keys come from a policy or an issuer.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map with a fast hash. The map's keys come from the policy or the issuer, so clients cannot cause collisions, against
/// which the slower hash of the standard library protects.
pub(crate) type FastMap<K, V> = HashMap<K, V, BuildHasherDefault<FastHasher>>;

/// A hash of eight bytes at a time. It is smaller in a module than `rustc-hash`, which adds 1% to one.
#[derive(Debug, Default)]
pub(crate) struct FastHasher(u64);

impl Hasher for FastHasher {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        for word in words {
            self.write_u64(u64::from_le_bytes(*word));
        }
        if !rest.is_empty() {
            let last = rest.iter().fold(1, |last, byte| last << 8 | u64::from(*byte));
            self.write_u64(last);
        }
    }

    fn write_u8(&mut self, byte: u8) {
        self.write_u64(u64::from(byte));
    }

    fn write_u64(&mut self, word: u64) {
        // The constant of Fibonacci hashing: 2^64 over the golden ratio.
        let mixed = (self.0 ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        // Multiplication propagates only to higher bits: the upper half is moved down for the next word.
        self.0 = mixed ^ (mixed >> 29);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::FastHasher;
    use crate::test;
    use std::hash::Hasher;

    #[test]
    fn texts_that_differ_in_a_bit_or_a_byte_have_different_hashes() {
        let hash = |bytes: &[u8]| {
            let mut hasher = FastHasher::default();
            hasher.write(bytes);
            hasher.finish()
        };
        let text = b"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UifQ";
        let mut seen = vec![hash(text)];
        for length in 0..text.len() {
            seen.push(hash(&text[..length]));
            for bit in 0..8 {
                let mut other = *text;
                other[length] ^= 1 << bit;
                seen.push(hash(&other));
            }
        }
        let count = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), count);
    }
}
