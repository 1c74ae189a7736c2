//! Signed tokens: a compact JWS is taken apart ([`Jws`]), a JWK Set is read ([`KeySet`]), and a signature is checked
//! by a [`Verifier`], which is the module itself ([`InModule`]) or Envoy through it ([`HostBacked`]). When a set is fetched
//! says [`Fetching`].
//!
//! What a token says of itself chooses nothing but which of the trusted keys are tried: the algorithms come from the
//! configuration and are bound to each key when the set is read.
//!
//! ```
//! use jose::{Algorithm, InModule, Jws, KeySet, Verifier};
//!
//! let allowed = [Algorithm::HS256];
//! let keys = br#"{"keys": [{"kty": "oct", "kid": "a", "k": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"}]}"#;
//! let (keys, left_out) = KeySet::parse(keys, &allowed)?;
//! assert!(left_out.is_empty());
//!
//! let jws = Jws::parse("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.AAAA")?;
//! let verified = |key| InModule.verify(jws.algorithm, key, jws.message, &jws.signature);
//! assert!(!keys.candidates(jws.algorithm, jws.kid.as_deref()).any(verified));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Deliberately absent: I/O, a clock (claims are judged elsewhere), random numbers, private keys, `proxy-wasm`, and any
//! path that panics.

#[cfg(all(test, not(target_arch = "wasm32")))]
use core::prelude::v1::test;
#[cfg(all(test, target_arch = "wasm32"))]
use wasm_bindgen_test::wasm_bindgen_test as test;

mod algorithm;
mod base64url;
mod der;
mod digest;
mod fetching;
mod host;
mod json;
mod jws;
mod keys;
mod verify;

pub use algorithm::{Algorithm, Family};
pub use base64url::decode as decode_base64url;
pub use digest::sha256;
pub use fetching::{Fetching, RefreshPolicy};
pub use host::{HostAbsent, HostBacked, HostVerify, decode_result, encode_request, known_answer};
pub use json::{JsonError, JsonFault, parse_json};
pub use jws::{Jws, JwsError, MAX_TOKEN_BYTES};
pub use keys::{Key, KeySet, KeySetError, MAX_KEYS, MAX_SET_BYTES, SkippedKey};
pub use verify::{InModule, Verifier};
