//! Path policies that allow more than they seem to.

use crate::warning::{below, warning};
use policy::document::Problem;
use policy::http::Forward;
use policy::stages::{PathStage, Stage};

pub(crate) fn check(section: &str, policy: &<PathStage as Stage>::Document, found: &mut Vec<Problem>) {
    let default = policy.default.name();
    if default == "allow" && policy.rules.is_empty() {
        let help = "add a deny rule, or write `default: deny` and add allow rules";
        let message = "`default: allow` without rules allows every path".to_owned();
        found.push(warning("allow_all", below(section, "default"), message, help));
    }
    let denies = default == "deny" || policy.rules.iter().any(|rule| rule.action.name.name() == "deny");
    if denies && policy.normalize.forward == Forward::Original {
        let message =
            "the upstream receives the original path and may read it as one that is denied".to_owned();
        let help = "remove `forward`; the upstream then receives the path that was checked";
        found.push(warning("forward_original", below(section, "normalize.forward"), message, help));
    }
}
