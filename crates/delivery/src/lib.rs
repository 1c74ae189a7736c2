//! What a cluster fetches of Ringfence: an OCI image of each module, and manifests that name the images by digest.
//!
//! The same module gives the same bytes, and so the same digest, on any machine: whoever builds a release anew can
//! compare.

mod image;
mod layout;
mod pin;

pub use image::{Blob, Image, Labels};
pub use pin::{Registry, copy, pinned};
