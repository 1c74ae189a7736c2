//! Converts the configuration of Envoy's own filters.

mod jwt_authn;
mod matcher;
mod rbac;

use crate::draft::Converted;
use crate::field::{get, text};
use serde_json::Value;

/// Converts the configuration of `envoy.filters.http.rbac` or `envoy.filters.http.jwt_authn`, or the filter with it.
pub fn convert(document: &Value) -> Result<Converted, String> {
    let configuration = get(document, "typed_config").unwrap_or(document);
    let kind = text(configuration, "@type").unwrap_or_default();
    if kind.ends_with(".jwt_authn.v3.JwtAuthentication")
        || (kind.is_empty() && has_field(configuration, "providers"))
    {
        return jwt_authn::convert(configuration);
    }
    if kind.ends_with(".rbac.v3.RBAC") || (kind.is_empty() && has_field(configuration, "rules")) {
        return rbac::convert(configuration);
    }
    Err("expected policies of Istio, or the configuration of Envoy's filter rbac or jwt_authn".to_owned())
}

fn has_field(value: &Value, name: &str) -> bool {
    get(value, name).is_some()
}
