//! Reads and writes YAML. JSON is read by the same functions.
//!
//! [`documents`] keeps the place of every key and value and reports every problem; [`values`] returns plain JSON values.
//! [`Yaml`] writes documents with comments.
//!
//! The tree is built from the parser's events, so that it can keep places and report duplicate keys.
//!
//! ```
//! use diagnostics::Diagnostics;
//! use yaml::At;
//!
//! let mut found = Diagnostics::new("policy.yaml");
//! let documents = yaml::documents("rules:\n  - name: admin\n", &mut found);
//! let span = At::new(&documents[0]).field("rules").item(0).field("name").span();
//! assert_eq!((span.line, span.column, span.width), (2, 11, 5));
//! assert!(found.as_slice().is_empty());
//! ```

mod json;
mod node;
mod parse;
mod scalar;
mod syntax;
mod write;

pub use json::as_yaml;
pub use node::{At, Data, Key, Node};
pub use parse::{documents, values};
pub use write::{Item, Yaml, scalar};
