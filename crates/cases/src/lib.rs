//! Test cases: a policy, requests, and the expected decisions.
//!
//! One format serves three runners: [`run`] evaluates a case with the engine, and the end-to-end tests send the same case
//! through Envoy and through the command. Each runner returns an [`Observed`], and [`Expected::differences`] compares it.

mod case;
mod compare;
mod run;
mod table;

pub use case::{Case, CaseFile, Connection, Exception, Expected, Protocol, ShadowDecision, Upstream};
pub use compare::{Difference, Observed, SeenUpstream};
pub use inspect::{HeaderLine, Request, unescape};
pub use run::{UPSTREAM_RESPONSE, run};
pub use table::{Row, deciding_rule, line, table, widths};
