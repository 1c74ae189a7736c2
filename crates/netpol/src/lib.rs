//! x
pub mod address;
pub mod audit;
mod diff;
pub mod manifest;
pub mod matrix;
pub mod model;
pub mod ports;
mod problem;
pub mod reach;
mod read;
mod yaml;
pub use diff::{Diff, diff};
pub use problem::{Place, Problem, did_you_mean};
pub use read::read;
