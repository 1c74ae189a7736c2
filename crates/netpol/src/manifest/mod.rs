//! Writes NetworkPolicies as manifests.

mod policy;

pub use policy::{Notes, policy};
