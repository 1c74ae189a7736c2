//! Converts policies of Istio, and the configuration of Envoy's own filters, to policies of Ringfence.
//!
//! The result is never looser than the source. What has no exact counterpart is approximated: a rule that allows becomes
//! narrower or is omitted, a rule that denies becomes wider, and a comment names the difference. Hosts and paths are
//! normalized differently: see `docs/convert.md`.

mod draft;
mod envoy;
mod expr;
mod field;
mod hosts;
mod istio;
mod matching;
mod patterns;
mod provider;
mod rules;

pub use draft::Converted;
pub use field::snake as snake_case;

use serde_json::Value;

/// Converts policies of Istio for one workload, or the configuration of one of Envoy's filters.
///
/// # Errors
/// Returns why the documents cannot be converted.
pub fn convert(documents: &[Value]) -> Result<Converted, String> {
    if documents.is_empty() {
        return Err("the input is empty".to_owned());
    }
    if documents.iter().all(istio::is_policy) {
        return istio::convert(documents);
    }
    match documents {
        [document] => envoy::convert(document),
        _ => {
            Err("expected one configuration of Envoy, or only AuthorizationPolicy and RequestAuthentication objects".to_owned())
        }
    }
}
