//! The matrix of connections, and its output formats.

mod dot;
mod json;
mod picture;
mod rows;
mod svg;
mod table;

pub use crate::reach::Name;
pub use dot::dot;
pub use json::{json, json_rows};
pub use picture::{Edge, End, Frame, Item, Kind, Picture};
pub use rows::{Matrix, Row};
pub use svg::svg;
pub use table::{markdown, table};
