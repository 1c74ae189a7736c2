//! Case files: a policy, requests, and what is expected of them.
//!
//! One format for every runner: [`run`] takes a case through the engine; the end-to-end tests take the same case
//! through Envoy. Either way the case becomes an [`Observed`], and [`Expected::differences`] says where it differs.

mod bytes;
mod case;
mod compare;
mod engine;
mod table;
pub mod yaml;

pub use bytes::unescape;
pub use case::{
    Case, CaseFile, Certificate, Connection, Exception, Expected, HeaderLine, Protocol, Upstream, Withheld,
};
pub use compare::{Observed, SeenUpstream};
pub use engine::{UPSTREAM_RESPONSE, load, run};
pub use table::{Row, decided, table};
