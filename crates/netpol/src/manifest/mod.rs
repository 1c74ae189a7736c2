//! Manifests of what was worked out.

mod policy;
mod yaml;

pub use policy::policy;
pub use yaml::yaml;
