//! The codes of the problems that the command finds around policies. The engine and the lints define the codes of policies.

use diagnostics::Severity;

/// The codes with their severities and descriptions.
pub const CODES: [(Severity, &str, &str); 9] = [
    (Severity::Error, "duplicate_field", "an object has the same key twice"),
    (Severity::Error, "unknown_filter", "the filter of a policy is unknown"),
    (Severity::Error, "unknown_field", "an unknown field, in a policy or in the manifest that contains it"),
    (Severity::Error, "unknown_value", "an unknown value of a field that has a fixed set of values"),
    (
        Severity::Error,
        "configuration_type",
        "the configuration of a module is neither a `Struct` nor a `StringValue`",
    ),
    (Severity::Warning, "no_policy", "a file of the command line contains no policy"),
    (Severity::Warning, "fail_open", "requests pass unchecked if the module fails"),
    (Severity::Warning, "missing_sha256", "a fetched module has no digest"),
    (
        Severity::Warning,
        "unknown_cluster",
        "keys are fetched from a cluster that the bootstrap does not define",
    ),
];
