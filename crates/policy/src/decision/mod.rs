//! Decisions and their diagnostics.

mod answer;
mod filter;
mod local_reply;
mod report;
mod trace;

pub use crate::reason::Reason;
pub use answer::{Answer, Decision};
pub use filter::{Filter, PerFilter};
pub use local_reply::{LocalReply, title};
pub use report::{KeysWanted, MAX_SHADOWED, MissingKeys, Report, TokenReport};
pub use trace::{Ambiguity, NoTrace, RuleResult, Step, Trace};
