//! The engine of Ringfence: it compiles policies and decides on requests.
//!
//! [`load`] compiles a configuration to a [`Stage`], or returns every problem of it. [`decide`] decides on a request, which is
//! given by the lines of its headers. Each filter is a stage; [`stages::Ringfence`] runs all of them in sequence.
//!
//! Deliberately absent: I/O, a clock, `proxy-wasm`, and any path that panics.

#[cfg(all(test, not(target_arch = "wasm32")))]
use core::prelude::v1::test;
#[cfg(all(test, target_arch = "wasm32"))]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[macro_use]
pub mod document;
pub mod decision;
mod fast_map;
pub mod http;
mod reason;
pub mod stages;
pub mod vocabulary;

pub use stages::{Outcome, Stage, decide, load};
