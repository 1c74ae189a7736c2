//! Test tools: HTTP clients that send exactly the bytes they are given, an upstream that echoes requests, a token
//! issuer with a key server, and, with the feature `envoy`, stock Envoy as a child process.
#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a tool of tests"
)]

#[cfg(feature = "envoy")]
pub mod bootstrap;
pub mod case;
#[cfg(feature = "envoy")]
pub mod corpus;
pub mod envoy;
pub mod http;
pub mod issuer;
pub mod key_server;
pub mod process;
pub mod python;
pub mod random;
#[cfg(feature = "envoy")]
pub mod tls;
pub mod upstream;
pub mod workspace;
