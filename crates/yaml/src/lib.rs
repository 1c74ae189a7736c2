//! YAML, and JSON with it, with the place of every key and value.
//!
//! The tree is built from the parser's events rather than taken from a library: it keeps a key that stands twice, and
//! it lives for one document only.
//!
//! ```
//! use yaml::{At, Faults};
//! let mut faults = Faults::default();
//! yaml::documents("rules:\n  - name: admin\n", &mut faults, |node, _| {
//!     let mark = At::new(&node).field("rules").item(0).field("name").mark();
//!     assert_eq!((mark.line, mark.column, mark.width), (2, 11, 5));
//! });
//! assert!(faults.0.is_empty());
//! ```

mod log;
mod node;
mod parse;
mod scalar;

pub use log::{Fault, Faults, Log, Mark};
pub use node::{At, Data, Key, Node};
pub use parse::documents;
pub use scalar::plain;
