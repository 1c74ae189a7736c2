//! Signed tokens: compact JWS ([`Jws`]), JWK Sets ([`KeySet`]), and the verification of signatures ([`Verifier`]) by
//! the module itself ([`InModule`]) or by Envoy ([`HostBacked`]). [`FetchState`] decides when a key set is fetched.
//!
//! The header of a token only selects among the trusted keys: the algorithms come from the configuration and are bound
//! to each key when the set is read.
//!
//! ```
//! use jose::{Algorithm, InModule, Jws, KeySet, Verifier};
//!
//! let allowed = [Algorithm::HS256];
//! let keys = br#"{"keys": [{"kty": "oct", "kid": "a", "k": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"}]}"#;
//! let (keys, skipped) = KeySet::parse(keys, &allowed)?;
//! assert!(skipped.is_empty());
//!
//! let jws = Jws::parse("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.AAAA")?;
//! let verified = |key| InModule.verify(jws.algorithm, key, jws.message, &jws.signature);
//! assert!(!keys.candidates(jws.algorithm, jws.kid.as_deref()).any(verified));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Deliberately absent: I/O, a clock (claims are checked elsewhere), random numbers, private keys, `proxy-wasm`, and
//! panics.

#[cfg(all(test, not(target_arch = "wasm32")))]
use core::prelude::v1::test;
#[cfg(all(test, target_arch = "wasm32"))]
use wasm_bindgen_test::wasm_bindgen_test as test;

mod algorithm;
mod curve;
mod der;
mod fetch_state;
mod hash;
mod host;
mod jws;
mod keys;
mod verify;

pub use algorithm::Algorithm;
pub use fetch_state::{FetchState, RefreshPolicy};
pub use hash::sha256;
pub use host::{HostBacked, HostUnavailable, HostVerify, decode_result, encode_request, known_answer};
pub use jws::{Jws, JwsError, MAX_TOKEN_BYTES};
pub use keys::{Key, KeySet, KeySetError, MAX_KEYS, MAX_SET_BYTES, SkippedKey};
pub use verify::{InModule, Verifier};
