//! Verifying signatures.

mod in_module;
mod provider;
mod scheme;
mod verifier;

pub use in_module::InModule;
pub use verifier::Verifier;
