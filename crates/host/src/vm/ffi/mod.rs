//! The calls of the proxy-wasm ABI 0.2.1.
//!
//! They are declared here rather than taken from the SDK, whose calls panic on an unexpected status, take strings in
//! place of bytes, and leave out the details of a local reply.
#![expect(unsafe_code, reason = "calls of the host")]

mod calls;
mod envoy;
mod sys;

pub(crate) use calls::*;
pub(crate) use envoy::Envoy;
