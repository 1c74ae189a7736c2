//! The encodings that the engine and the tokens share: strict JSON ([`json`]), base64url ([`base64url`]) and the wire
//! format of protobuf ([`protobuf`]).
//!
//! All input may come from an attacker: no function panics, recursion is bounded, and a value that has two spellings is
//! read in one of them only.

#[cfg(all(test, not(target_arch = "wasm32")))]
use core::prelude::v1::test;
#[cfg(all(test, target_arch = "wasm32"))]
use wasm_bindgen_test::wasm_bindgen_test as test;

pub mod base64url;
pub mod json;
pub mod protobuf;
