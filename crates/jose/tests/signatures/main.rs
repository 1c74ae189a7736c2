//! Third-party signatures: every Wycheproof vector that applies to tokens, and the examples of the RFCs.
//!
//! Each is verified by the module and through a host, with the same result. The code gives the reason for each
//! vector that Wycheproof accepts and this crate rejects, and for each set that is not run.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod attacks;
mod aws_lc;
mod ecdsa;
mod ed25519;
mod examples;
mod hmac;
mod keys;
mod rsa_pkcs1;
mod rsa_pss;
mod verdict;
