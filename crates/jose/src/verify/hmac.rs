//! HMAC (RFC 2104; RFC 7518, section 3.2), compared in constant time.

use hmac::{Hmac, Mac};
use sha2::{Sha256, Sha384, Sha512};

macro_rules! with {
    ($name:ident, $hash:ty) => {
        pub(super) fn $name(secret: &[u8], message: &[u8], tag: &[u8]) -> bool {
            Hmac::<$hash>::new_from_slice(secret)
                .is_ok_and(|mac| mac.chain_update(message).verify_slice(tag).is_ok())
        }
    };
}

with!(sha256, Sha256);
with!(sha384, Sha384);
with!(sha512, Sha512);
