//! Signatures of others: every vector of Wycheproof that a token could bear, and the examples of the RFCs.
//!
//! Each is verified by the module and through a host, and both must say the same. What Wycheproof holds valid and is
//! refused here, and what is not run, has its reason beside it.
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
