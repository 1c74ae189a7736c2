//! What comes of a request.

mod answer;
mod outcome;
mod reply;
mod report;
mod trace;

pub use answer::{Answer, Decision, Filter};
pub use outcome::{Outcome, decide};
pub use reply::{Reply, title};
pub use report::{KeysWanted, Lack, Report, TokenReport};
pub use trace::{NoTrace, Step, Trace, Tried};
