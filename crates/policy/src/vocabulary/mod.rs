//! The vocabulary that every filter shares: what a policy says about a request.

mod claim_match;
mod deny_response;
#[cfg(not(target_arch = "wasm32"))]
mod describe;
mod duration;
mod header_match;
mod header_name;
mod header_value;
mod host_pattern;
mod method;
mod mode;
mod non_empty;
mod path_match;
mod pattern;
mod query_match;
mod request_match;
mod rule_name;
mod rules;
mod string_match;
mod substitution;
mod template;

pub use claim_match::{ClaimMatch, ClaimPath};
pub use deny_response::{DenyResponse, Status};
pub use duration::Duration;
pub use header_match::{HeaderMatch, Values};
pub use header_name::{HeaderName, HeaderPattern};
pub use header_value::{HeaderText, HeaderValue, MutableHeaderName};
pub use host_pattern::HostPattern;
pub use method::Method;
pub use mode::Mode;
pub use non_empty::NonEmpty;
pub(crate) use path_match::PathKey;
pub use path_match::{PathMatch, PathPrefix};
pub use query_match::QueryMatch;
pub use request_match::{Attempt, Field, MatchInput, RequestMatch};
pub use rule_name::RuleName;
pub use rules::Rules;
pub use string_match::StringMatch;
pub use substitution::Substitution;
pub use template::Template;

use header_match::Condition;
