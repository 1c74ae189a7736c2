//! The harness of the end-to-end tests: stock Envoy, an upstream that tells what reached it, and clients that send
//! exactly the bytes that they are given.
#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a tool of tests"
)]

pub mod bootstrap;
pub mod corpus;
pub mod envoy;
pub mod modules;
pub mod process;
pub mod tls;

pub use wire::{self as client, upstream};

use std::path::PathBuf;

/// The folder of the workspace.
pub fn root() -> PathBuf {
    let tests = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    tests.parent().map(PathBuf::from).unwrap_or(tests)
}
