//! Path policies that allow more than they seem to.

use crate::warning::{below, warning};
use policy::document::Problem;
use policy::http::Forward;
use policy::stages::{ActionKind, DefaultAction, PathStage, Stage};

pub(crate) fn check(section: &str, policy: &<PathStage as Stage>::Document, found: &mut Vec<Problem>) {
    if policy.default == DefaultAction::Allow && policy.rules.is_empty() {
        let help = "add a deny rule, or write `default: deny` and add allow rules";
        let message = "`default: allow` without rules allows every path".to_owned();
        found.push(warning("allow_all", below(section, "default"), message, help));
    }
    let denies = policy.default == DefaultAction::Deny
        || policy.rules.iter().any(|rule| rule.action.kind == ActionKind::Deny);
    if denies && policy.normalize.forward == Forward::Original {
        let message =
            "the upstream receives the original path and may read it as one that is denied".to_owned();
        let help = "remove `forward`; the upstream then receives the path that was checked";
        found.push(warning("forward_original", below(section, "normalize.forward"), message, help));
    }
}
