//! The filters, one module each, and all of them in sequence.

mod cost;
mod decide;
mod enforcement;
mod header;
mod host_map;
mod index;
mod path;
mod ringfence;
mod rule_inputs;
mod rule_set;
mod stage;
mod token;
mod vhost;

pub use crate::http::Needs;
pub use decide::{Outcome, decide};
pub use header::HeaderStage;
pub use path::{ActionKind, DefaultAction, PathStage};
pub use ringfence::Ringfence;
pub use stage::{Stage, load};
pub use token::{JwksUri, KeyRing, RemoteKeys, TokenStage};
pub use vhost::VhostStage;
