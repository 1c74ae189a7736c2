//! Samples.

use cases::Request;
use serde_json::Value;

/// A filter of Envoy and requests for it.
pub struct Sample {
    pub name: String,
    /// The input of the conversion, if it is not the filter.
    pub source: Option<Value>,
    pub filter: Value,
    pub requests: Vec<Request>,
}

/// Creates a request.
pub fn request(method: &str, host: &str, target: &str, headers: &[(&str, &str)]) -> Request {
    let headers = headers.iter().map(|(n, v)| (n.as_bytes().to_vec(), v.as_bytes().to_vec()));
    Request {
        method: method.as_bytes().to_vec(),
        target: Some(target.as_bytes().to_vec()),
        host: Some(host.as_bytes().to_vec()),
        headers: headers.collect(),
        ..Request::default()
    }
}
