//! The keys that signatures are verified with (RFC 7517), bound to the algorithms that they may be used for.

mod curve;
mod jwk;
mod key;
mod material;
mod rsa_numbers;
mod set;
mod skipped_key;
mod spki;

pub(crate) use curve::Curve;
pub use key::Key;
pub use set::{KeySet, KeySetError, MAX_KEYS, MAX_SET_BYTES};
pub use skipped_key::SkippedKey;
