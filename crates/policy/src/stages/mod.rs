//! The filters, one module each, and all of them in a row.

mod header;
mod path;
mod ringfence;
mod stage;
mod vhost;

pub use header::HeaderStage;
pub use path::PathStage;
pub use ringfence::Ringfence;
pub use stage::{Needs, Stage, load};
pub use vhost::VhostStage;
