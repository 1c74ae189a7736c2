//! Case files: a policy, requests, and what is expected of them.
//!
//! One format for every runner: [`run`] takes a case through the engine; the end-to-end tests take the same case
//! through Envoy and through the command. Either way the case becomes an [`Observed`], and [`Expected::differences`] says where it differs.

mod bytes;
mod case;
mod compare;
mod decided;
mod engine;
mod policy;
mod request;
mod table;

pub use bytes::{escape, unescape};
pub use case::{
    Case, CaseFile, Certificate, Connection, Exception, Expected, HeaderLine, Protocol, Upstream, Withheld,
};
pub use compare::{Difference, Observed, SeenUpstream};
pub use decided::Decided;
pub use engine::{UPSTREAM_RESPONSE, load, now, run};
pub use policy::{FILTERS, Policy};
pub use request::Request;
pub use table::{Row, decided, table};
