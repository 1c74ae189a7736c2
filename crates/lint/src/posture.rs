//! What a policy of paths leaves open.

use crate::{Found, below};
use serde_json::Value;

pub(crate) fn look(section: &str, policy: &Value, found: &mut Found) {
    let rules = policy.get("rules").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let is = |value: &Value, field: &str, word: &str| value.get(field).and_then(Value::as_str) == Some(word);
    if is(policy, "default", "allow") && rules.is_empty() {
        let help = "add a rule that denies, or write `default: deny` and say what is allowed";
        let message = "`default: allow` without a rule lets every path pass".to_owned();
        found.add("allow_all", below(section, "default"), message, help);
    }
    let denies = is(policy, "default", "deny") || rules.iter().any(|rule| is(rule, "action", "deny"));
    let original = policy.get("normalize").is_some_and(|normalize| is(normalize, "forward", "original"));
    if denies && original {
        let message =
            "the upstream gets the path as it came, and may read it as one that is denied".to_owned();
        let help = "leave `forward` out: the upstream then gets the path that was judged";
        found.add("forward_original", below(section, "normalize.forward"), message, help);
    }
}
