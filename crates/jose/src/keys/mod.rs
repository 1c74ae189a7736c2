//! The keys that verify signatures (RFC 7517), each bound to the algorithms that it may be used for.

mod jwk;
mod key;
mod material;
pub(crate) mod rsa_key;
mod set;
mod skipped_key;
mod spki;

pub use key::Key;
pub use set::{KeySet, KeySetError, MAX_KEYS, MAX_SET_BYTES};
pub use skipped_key::SkippedKey;
