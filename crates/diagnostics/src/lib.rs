//! Diagnostics of the files that a user writes: policies, manifests and service graphs.
//!
//! Every reader outside of the modules reports its problems as a [`Diagnostic`]. The command renders them; the readers
//! do not.
//!
//! ```
//! use diagnostics::{Diagnostics, Span};
//!
//! let mut found = Diagnostics::new("policy.yaml");
//! let span = Span { line: 3, column: 5, width: 5 };
//! found.error(span, "unknown_field", "unknown field `macth`", "did you mean `match`?");
//! let [diagnostic] = found.as_slice() else { panic!() };
//! assert_eq!(diagnostic.to_string(), "policy.yaml:3:5: unknown field `macth`; did you mean `match`?");
//! ```

mod diagnostic;
mod list;
mod nearest;

pub use diagnostic::{Diagnostic, Severity, Span};
pub use list::Diagnostics;
pub use nearest::{did_you_mean, distance, nearest};
