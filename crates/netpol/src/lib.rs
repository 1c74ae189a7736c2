//! Network policies.

pub mod generate;
