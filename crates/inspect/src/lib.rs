//! Explains decisions: a loaded [`Policy`] of any module takes a [`Request`] and returns a [`Decided`] with every rule that
//! was tried.
//!
//! ```
//! use inspect::Request;
//! use policy::stages::PathStage;
//!
//! let policy = inspect::load::<PathStage>(br#"{"default": "deny"}"#).unwrap();
//! let request = Request {
//!     method: b"GET".to_vec(),
//!     target: Some(b"/a".to_vec()),
//!     host: Some(b"shop.example.com".to_vec()),
//!     ..Request::default()
//! };
//! let decided = policy.decide(&request, 0, &[]);
//! assert_eq!(decided.decision().name(), "deny");
//! assert_eq!(decided.status(), 403);
//! ```

mod decided;
mod digest;
mod escape;
mod policy;
mod request;

pub use decided::{Decided, TriedRule, precedes};
pub use digest::sha256;
pub use escape::{escape, unescape};
pub use policy::{Loaded, Policy, load, now};
pub use request::{HeaderLine, Request, parse_header, split_header};
