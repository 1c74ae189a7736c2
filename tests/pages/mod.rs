//! The checks of the pages, for `documents.rs`.

pub(crate) mod access_log;
mod files;
pub(crate) mod guides;
pub(crate) mod links;
pub(crate) mod messages;

pub(crate) use files::{files, linked_pages, name, pages, section};
