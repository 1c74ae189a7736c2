//! The keys that signatures are verified with (RFC 7517), bound to the algorithms that they may be used for.

mod curve;
mod jwk;
mod key;
mod left_out;
mod material;
mod rsa_numbers;
mod set;
mod spki;

pub(crate) use curve::Curve;
pub use key::Key;
pub use left_out::LeftOut;
pub use set::{KeySet, KeySetError, MAX_KEYS, MAX_SET_BYTES};
