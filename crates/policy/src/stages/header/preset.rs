//! What the presets do.

use crate::http::Headers;
use crate::vocabulary::HeaderPattern;

/// The headers of `x-envoy-*` that Envoy sets or takes off itself before a filter sees the request.
const SET_BY_ENVOY: [&str; 2] = ["x-envoy-external-address", "x-envoy-internal"];

/// Takes off what only the mesh may set.
pub(super) fn edge_sanitize(headers: &mut Headers<'_>) {
    headers.remove(&HeaderPattern::Prefix("x-envoy-".to_owned()), &SET_BY_ENVOY);
    headers.remove(&HeaderPattern::Prefix("x-forwarded-client-cert".to_owned()), &[]);
}

/// The headers and values that the OWASP Secure Headers Project recommends; `clear-site-data`, which ends
/// sessions, is not among them.
const RECOMMENDED: [(&str, &str); 11] = [
    ("cache-control", "no-store, max-age=0"),
    (
        "content-security-policy",
        "default-src 'self'; form-action 'self'; base-uri 'self'; object-src 'none'; frame-ancestors 'none'; upgrade-insecure-requests",
    ),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("referrer-policy", "no-referrer"),
    ("strict-transport-security", "max-age=31536000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "deny"),
    ("x-permitted-cross-domain-policies", "none"),
];

/// Sets what the upstream did not.
pub(super) fn security_response(headers: &mut Headers<'_>) {
    for (name, value) in RECOMMENDED {
        if headers.values(name).next().is_none() {
            headers.set(name, value.as_bytes());
        }
    }
}
