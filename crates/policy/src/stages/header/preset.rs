//! The presets.

use crate::http::{HeaderIndex, Headers, has_spelled_prefix, is_other_spelling};

/// The headers that Envoy itself sets or removes before a filter sees the request. Other spellings of these names come from
/// the client.
const SET_BY_ENVOY: [&str; 6] = [
    "x-envoy-external-address",
    "x-envoy-internal",
    "x-forwarded-for",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-request-id",
];

/// The prefixes of the headers that only the mesh may set.
const PREFIXES: [&str; 2] = ["x-envoy-", "x-forwarded-client-cert"];

/// The headers from which servers take the host, the path, the scheme or the method in place of those that a policy sees.
const OVERRIDES: [&str; 30] = [
    // The host.
    "forwarded",
    "x-forwarded-host",
    "x-forwarded-server",
    "x-host",
    "x-http-host-override",
    "x-original-host",
    "x-rewrite-host",
    // The path.
    "path-info",
    "script-name",
    "x-forwarded-path",
    "x-forwarded-prefix",
    "x-forwarded-uri",
    "x-original-uri",
    "x-original-url",
    "x-override-url",
    "x-rewrite-uri",
    "x-rewrite-url",
    "x-script-name",
    // The scheme.
    "front-end-https",
    "x-forwarded-protocol",
    "x-forwarded-scheme",
    "x-forwarded-ssl",
    "x-original-proto",
    "x-scheme",
    "x-url-scheme",
    // The method.
    "x-http-method",
    "x-http-method-override",
    "x-method",
    "x-method-override",
    "x-original-method",
];

/// The headers that only the mesh may set, in every spelling.
#[derive(Debug)]
pub(super) struct Reserved(HeaderIndex);

impl Reserved {
    pub(super) fn new() -> Self {
        Self(HeaderIndex::new(SET_BY_ENVOY.into_iter().chain(OVERRIDES)))
    }

    pub(super) fn contain(&self, name: &[u8]) -> bool {
        match self.0.of(name).next() {
            Some(place) => SET_BY_ENVOY.get(place).is_none_or(|own| is_other_spelling(name, own)),
            None => PREFIXES.iter().any(|prefix| has_spelled_prefix(name, prefix)),
        }
    }
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

/// Sets the recommended headers that the upstream did not set. An empty value is none: browsers ignore it.
pub(super) fn security_response(headers: &mut Headers<'_>) {
    for (name, value) in RECOMMENDED {
        if headers.values(name).all(<[u8]>::is_empty) {
            headers.set(name, value.as_bytes());
        }
    }
}
