//! Path policies that allow more than they seem to.

use crate::found::{Found, below};
use serde_json::Value;

pub(crate) fn check(section: &str, policy: &Value, found: &mut Found) {
    let rules = policy.get("rules").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let is = |value: &Value, field: &str, word: &str| value.get(field).and_then(Value::as_str) == Some(word);
    if is(policy, "default", "allow") && rules.is_empty() {
        let help = "add a deny rule, or write `default: deny` and add allow rules";
        let message = "`default: allow` without rules allows every path".to_owned();
        found.add("allow_all", below(section, "default"), message, help);
    }
    let denies = is(policy, "default", "deny") || rules.iter().any(|rule| is(rule, "action", "deny"));
    let original = policy.get("normalize").is_some_and(|normalize| is(normalize, "forward", "original"));
    if denies && original {
        let message =
            "the upstream receives the original path and may read it as one that is denied".to_owned();
        let help = "remove `forward`; the upstream then receives the path that was checked";
        found.add("forward_original", below(section, "normalize.forward"), message, help);
    }
}
