//! The presets.

use crate::http::Headers;

/// The `x-envoy-*` headers that Envoy itself sets or removes before a filter sees the request.
const SET_BY_ENVOY: [&str; 2] = ["x-envoy-external-address", "x-envoy-internal"];

/// Removes headers that only the mesh may set.
pub(super) fn edge_sanitize(headers: &mut Headers<'_>) {
    let has_prefix = |name: &[u8], prefix: &str| {
        name.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix.as_bytes()))
    };
    let is_envoys = |name: &[u8]| SET_BY_ENVOY.iter().any(|own| name.eq_ignore_ascii_case(own.as_bytes()));
    headers.remove(|name| has_prefix(name, "x-envoy-") && !is_envoys(name));
    headers.remove(|name| has_prefix(name, "x-forwarded-client-cert"));
}

/// The headers that the OWASP Secure Headers Project recommends, except `clear-site-data`, which ends sessions.
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

/// Sets the recommended headers that the upstream did not set.
pub(super) fn security_response(headers: &mut Headers<'_>) {
    for (name, value) in RECOMMENDED {
        if headers.values(name).next().is_none() {
            headers.set(name, value.as_bytes());
        }
    }
}
