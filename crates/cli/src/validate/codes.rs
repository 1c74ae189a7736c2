//! The codes of the problems that the command finds around policies. The engine and the lints define the codes of policies.

use diagnostics::Severity;

/// The codes with their severities and descriptions.
pub const CODES: [(Severity, &str, &str); 18] = [
    (Severity::Error, "duplicate_field", "an object has the same key twice"),
    (Severity::Error, "unknown_filter", "the filter of a policy is unknown"),
    (Severity::Error, "wrong_filter", "a policy of another filter"),
    (Severity::Error, "unknown_field", "an unknown field, in a policy or in the manifest that contains it"),
    (Severity::Error, "unknown_value", "an unknown value of a field that has a fixed set of values"),
    (
        Severity::Error,
        "configuration_type",
        "the configuration of a module is neither a `Struct` nor a `StringValue`",
    ),
    (Severity::Warning, "no_policy", "a file of the command line contains no policy"),
    (Severity::Warning, "fail_open", "requests pass unchecked if the module fails"),
    (
        Severity::Warning,
        "capability_restriction",
        "`capability_restriction_config` lacks callbacks or host calls that the module needs",
    ),
    (
        Severity::Warning,
        "disabled_filter",
        "the filter of the module is disabled, except where a route enables it",
    ),
    (
        Severity::Warning,
        "disabled_for_route",
        "a route, virtual host or cluster of a route disables the filter of the module",
    ),
    (
        Severity::Warning,
        "upgrade_filters",
        "the filters of an upgrade, which replace those of other requests, lack the module",
    ),
    (
        Severity::Warning,
        "route_rewrite",
        "a route changes the path or the host after the module has checked it",
    ),
    (Severity::Warning, "matched_filter", "a matcher of Envoy decides which requests the module checks"),
    (Severity::Warning, "optional_filter", "an Envoy without Wasm ignores the filter of the module"),
    (Severity::Warning, "after_router", "the filter of the module follows the router"),
    (Severity::Warning, "missing_sha256", "a fetched module has no digest"),
    (
        Severity::Warning,
        "unknown_cluster",
        "keys are fetched from a cluster that the bootstrap does not define",
    ),
];
