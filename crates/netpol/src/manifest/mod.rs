//! Writes NetworkPolicies as manifests.

mod policy;

pub use policy::policy;
