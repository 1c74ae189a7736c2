//! What comes of a request.

mod answer;
mod local_reply;
mod outcome;
mod report;
mod trace;

pub use answer::{Answer, Decision, Filter};
pub use local_reply::{LocalReply, title};
pub use outcome::{Outcome, decide};
pub use report::{KeysWanted, MissingKeys, Report, TokenReport};
pub use trace::{NoTrace, RuleResult, Step, Trace};
