//! The servers, each with the set-ups that read paths differently.

mod apache;
mod express;
mod kind;
mod nginx;
mod python;
mod tomcat;

pub use kind::{Kind, Server, program};

/// All servers.
pub const KINDS: [Kind; 5] = [nginx::KIND, apache::KIND, tomcat::KIND, express::KIND, python::KIND];
