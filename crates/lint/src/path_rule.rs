//! The rules of path-policy, as the checks of denials see them.

use policy::stages::{ActionKind, DefaultAction, PathStage, Stage};
use policy::vocabulary::{MatchFields, Mode, PathMatch, RequestMatch, RuleName};

/// A rule of path-policy that is not off.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PathRule<'p> {
    /// The place in the list of the policy.
    pub(crate) index: usize,
    pub(crate) name: &'p RuleName,
    pub(crate) mode: Option<Mode>,
    pub(crate) kind: ActionKind,
    pub(crate) matches: &'p RequestMatch,
}

impl<'p> PathRule<'p> {
    /// Returns the rules of a policy that are not off.
    pub(crate) fn all(policy: &'p <PathStage as Stage>::Document) -> Vec<Self> {
        let rules = policy.rules.iter().enumerate().map(|(index, rule)| Self {
            index,
            name: &rule.name,
            mode: rule.mode,
            kind: rule.action.kind,
            matches: &rule.action.matches,
        });
        rules.filter(|rule| rule.mode != Some(Mode::Off)).collect()
    }

    pub(crate) fn is_denial(&self) -> bool {
        self.kind == ActionKind::Deny
    }

    /// Returns the patterns; `None` if the rule matches every path.
    pub(crate) fn paths(&self) -> Option<&'p [PathMatch]> {
        self.matches.fields.paths.as_deref()
    }

    pub(crate) fn matches_every_method(&self) -> bool {
        let has_methods = |fields: &MatchFields| fields.methods.is_some();
        !has_methods(&self.matches.fields) && !self.matches.not.as_ref().is_some_and(has_methods)
    }

    /// Returns true if the rule has no fields other than `paths`.
    pub(crate) fn is_about_paths_only(&self) -> bool {
        let RequestMatch { fields: MatchFields { hosts, methods, paths: _, headers, query }, not } =
            self.matches;
        hosts.is_none() && methods.is_none() && headers.is_none() && query.is_none() && not.is_none()
    }

    /// Returns true if the paths of the rule include a path, with or without a last slash.
    pub(crate) fn includes(&self, path: &str) -> bool {
        let with_slash = format!("{path}/");
        let is_match =
            |pattern: &PathMatch| pattern.matches(path) || (self.is_denial() && pattern.matches(&with_slash));
        self.paths().is_none_or(|paths| paths.iter().any(is_match))
    }
}

/// Returns true if requests for a path are certainly allowed.
pub(crate) fn allows(rules: &[PathRule<'_>], default: DefaultAction, path: &str) -> bool {
    // A denial with conditions may match, or may be enforced later; a permission with conditions may not match.
    let decides = |rule: &&PathRule<'_>| {
        rule.includes(path)
            && (rule.is_denial() || (rule.is_about_paths_only() && rule.mode != Some(Mode::Shadow)))
    };
    rules.iter().find(decides).map_or(default == DefaultAction::Allow, |rule| !rule.is_denial())
}
