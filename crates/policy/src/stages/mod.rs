//! The filters, one module each, and all of them in a row.

mod decide;
mod header;
mod index;
mod parts;
mod path;
mod ringfence;
mod stage;
mod token;
mod vhost;

pub use decide::{Outcome, decide};
pub use header::HeaderStage;
pub use path::PathStage;
pub use ringfence::Ringfence;
pub use stage::{Needs, Stage, load};
pub use token::{JwksUri, KeyRing, RemoteKeys, TokenStage};
pub use vhost::VhostStage;
