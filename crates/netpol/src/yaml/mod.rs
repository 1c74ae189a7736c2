//! YAML with the place of every key and value, and a strict reader on top of it.
//!
//! The tree is built from the parser's events rather than taken from a library: it keeps a key that stands twice, and
//! it lives for one document only.

mod deserialize;
mod node;
mod parse;
mod scalar;

pub(crate) use deserialize::read;
pub(crate) use node::{At, Data, Node};
pub(crate) use parse::documents;
pub(crate) use scalar::plain;
