//! x
pub mod address;
pub mod model;
pub mod ports;
mod problem;
pub mod reach;
mod read;
mod yaml;
pub use problem::{Place, Problem, did_you_mean};
pub use read::read;
