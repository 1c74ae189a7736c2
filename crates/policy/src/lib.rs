//! The engine of Ringfence: documents become compiled rules, a request becomes a decision.
//!
//! The way through: [`document::read`] and [`Stage::compile`] turn a configuration into a stage, or say everything
//! that is wrong with it; [`decide`] takes the lines of a request's headers through a stage and says what comes
//! of it. The four filters are the stages of [`stages`], and [`stages::Ringfence`] is all of them in a row.
//!
//! Deliberately absent: I/O, a clock, `proxy-wasm`, and any path that panics.

#[cfg(all(test, not(target_arch = "wasm32")))]
use core::prelude::v1::test;
#[cfg(all(test, target_arch = "wasm32"))]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[macro_use]
pub mod document;
pub mod decision;
pub mod http;
mod quick;
mod reason;
pub mod stages;
pub mod vocabulary;

pub use stages::{Outcome, Stage, decide, load};
