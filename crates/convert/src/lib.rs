//! From the policies of Istio and of Envoy's own filters to those of Ringfence.
//!
//! What maps exactly is mapped. Of what does not, the safe side is taken: a rule that allows becomes narrower or is left out,
//! a rule that denies becomes wider; a comment says so. A converted policy lets no request through that the source would
//! not, but for how hosts and paths are read: see `docs/convert.md`.

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

use serde_json::Value;

/// Converts documents: policies of Istio for one workload, or the configuration of one of Envoy's filters.
///
/// # Errors
/// Why there is nothing to convert.
pub fn convert(documents: &[Value]) -> Result<Converted, String> {
    if documents.is_empty() {
        return Err("there is nothing in it".to_owned());
    }
    if documents.iter().all(istio::is_policy) {
        return istio::convert(documents);
    }
    match documents {
        [document] => envoy::convert(document),
        _ => {
            Err("several documents, and not all are AuthorizationPolicy or RequestAuthentication".to_owned())
        }
    }
}
