//! The document of path-policy.

use super::replacement::Replacement;
use crate::document::{Checked, Code, Definitions, Document, FieldPath, Node, Problems, Schema};
use crate::http::{Authority, Normalize, PathLimits};
use crate::vocabulary::{DenyResponse, Mode, PathMatch, RequestMatch, RuleName, Rules, Sense};

document! {
    /// One canonical path, then allow, deny, redirect or rewrite.
    pub struct PathPolicy: Checked {
        /// Whether the filter acts.
        "mode" mode: Mode = Mode::default(),
        /// How to treat spellings of a path that servers read differently.
        "normalize" normalize: Normalize = Normalize::default(),
        /// The length of a path.
        "limits" limits: PathLimits = PathLimits::default(),
        /// The action if no rule matches.
        "default" default: DefaultAction,
        /// The rules; the first match wins.
        "rules" rules: Rules<Rule> = Rules::default(),
        /// The response of denials.
        "response" response: Option<DenyResponse> = None,
    }
}

impl Checked for PathPolicy {
    /// Checks that servers read the text of each replacement in one way: with another reading, every new path would be
    /// ambiguous.
    fn check(&self, path: &FieldPath<'_>, problems: &mut Problems) {
        let Rules(rules) = &self.rules;
        for (index, rule) in rules.iter().enumerate() {
            let redirect = rule.action.redirect.as_ref().and_then(|redirect| redirect.path.as_ref());
            let rewrite = rule.action.rewrite.as_ref().and_then(|rewrite| rewrite.replacement.as_ref());
            for (field, replacement) in [("redirect", redirect), ("rewrite", rewrite)] {
                if replacement.is_some_and(|replacement| replacement.is_ambiguous(&self.normalize)) {
                    let message = "servers read the new path in different ways";
                    let help = "write a path without escapes, `;`, `\\` and `//`, or set `normalize` to `keep` the spelling";
                    let path = path.field("rules");
                    problems.add(Code::REPLACEMENT, &path.item(index).field(field), message, help);
                }
            }
        }
    }
}

choice! {
    /// The action if no rule matches.
    pub enum DefaultAction {
        /// The request is allowed.
        Allow = "allow",
        /// The request is denied with 403.
        Deny = "deny",
    }
}

document! {
    /// A rule.
    pub struct Rule {
        /// The name, for metrics and logs.
        "name" name: RuleName,
        /// Whether the rule acts; absent: the mode of the filter.
        "mode" mode: Option<Mode> = None,
        /// The action, with its match and target.
        action: Action,
        /// The response of denials by this rule.
        "response" response: Option<DenyResponse> = None,
    }
}

document! {
    /// An action, with its match and target.
    pub struct Action: Checked {
        /// The requests that the rule applies to; absent: all.
        "match" matches: RequestMatch = RequestMatch::default(),
        /// The action.
        "action" kind: ActionKind,
        /// The target of `action: redirect`; the query is kept.
        "redirect" redirect: Option<Redirect> = None,
        /// The path that the upstream receives, with `action: rewrite`; the query is kept.
        "rewrite" rewrite: Option<Rewrite> = None,
    }
}

choice! {
    /// The kind of an action.
    pub enum ActionKind {
        /// The request is allowed.
        Allow = "allow",
        /// The request is denied with 403.
        Deny = "deny",
        /// The client is redirected, by `redirect`.
        Redirect = "redirect",
        /// The path is replaced, by `rewrite`, and the request is allowed.
        Rewrite = "rewrite",
    }
}

impl ActionKind {
    /// Returns the sense of a match with this action.
    pub fn sense(self) -> Sense {
        match self {
            Self::Deny => Sense::Restrict,
            Self::Allow | Self::Redirect | Self::Rewrite => Sense::Grant,
        }
    }
}

impl Action {
    pub(super) fn paths(&self) -> &[PathMatch] {
        self.matches.fields.paths.as_deref().unwrap_or_default()
    }
}

impl Checked for Action {
    fn check(&self, path: &FieldPath<'_>, problems: &mut Problems) {
        let redirect = self.redirect.as_ref().map(|redirect| &redirect.path);
        let rewrite = self.rewrite.as_ref().map(|rewrite| &rewrite.replacement);
        let targets =
            [("redirect", ActionKind::Redirect, redirect), ("rewrite", ActionKind::Rewrite, rewrite)];
        for (field, owner, target) in targets {
            match (target, self.kind == owner) {
                (Some(_), false) => {
                    let message = format!("`{field}` without `action: {field}`");
                    let help = format!("write `action: {field}`, or remove `{field}`");
                    problems.add(Code::WRONG_ACTION, &path.field(field), message, help);
                }
                (None, true) => {
                    let message = format!("`action: {field}` without `{field}`");
                    problems.add(Code::MISSING_FIELD, path, message, format!("add `{field}`"));
                }
                (Some(Some(replacement)), true) => {
                    if let Err((message, help)) = replacement.check(self.paths()) {
                        problems.add(Code::REPLACEMENT, &path.field(field), message, help);
                    }
                }
                (Some(None), true) | (None, false) => {}
            }
        }
    }

    fn restrict(schema: Schema) -> Schema {
        schema.only_where("action", "redirect", "redirect").only_where("action", "rewrite", "rewrite")
    }
}

document! {
    /// The path that the upstream receives; the query is kept.
    pub struct Rewrite: Checked {
        /// The replacement.
        // INVARIANT: a loaded policy has one; `check` reports that it is missing. The type is optional for redirects.
        replacement: Option<Replacement>,
    }
}

impl Checked for Rewrite {
    fn check(&self, path: &FieldPath<'_>, problems: &mut Problems) {
        if self.replacement.is_none() {
            let help = "add `path`, `prefix`, or `regex` and `substitution`";
            problems.add(Code::MISSING_FIELD, path, "no replacement", help);
        }
    }

    fn restrict(schema: Schema) -> Schema {
        schema.exactly_one(&["path", "prefix", "regex"])
    }
}

document! {
    /// The target of a redirect; the query is kept.
    pub struct Redirect: Checked {
        /// The path; absent: the canonical path.
        path: Option<Replacement>,
        /// The status.
        "status" status: RedirectStatus = RedirectStatus(308),
        /// The host and optional port; absent: those of the request.
        "host" host: Option<RedirectHost> = None,
        /// The scheme; absent: that of the request.
        "scheme" scheme: Option<Scheme> = None,
    }
}

impl Checked for Redirect {
    fn check(&self, path: &FieldPath<'_>, problems: &mut Problems) {
        if self.path.is_none() && self.host.is_none() && self.scheme.is_none() {
            let help = "add `path`, `prefix`, `regex` and `substitution`, `host` or `scheme`";
            problems.add(Code::MISSING_FIELD, path, "no redirect target", help);
        }
    }

    fn restrict(schema: Schema) -> Schema {
        schema.at_least_one(&["path", "prefix", "regex", "host", "scheme"])
    }
}

choice! {
    /// A scheme.
    pub enum Scheme {
        /// `http`.
        Http = "http",
        /// `https`.
        Https = "https",
    }
}

/// The status of a redirect.
#[derive(Debug, Clone, Copy)]
pub struct RedirectStatus(pub u16);

impl Document for RedirectStatus {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let status = u16::read(node, problems)?;
        if !matches!(status, 301 | 302 | 303 | 307 | 308) {
            let message = format!("invalid redirect status `{status}`");
            return problems.invalid(Code::STATUS, node.path, message, "write 301, 302, 303, 307 or 308");
        }
        Some(Self(status))
    }

    fn describe(_: &mut Definitions) -> Schema {
        Schema::choice([301, 302, 303, 307, 308])
    }

    fn spelled(&self) -> Option<serde_json::Value> {
        Some(self.0.into())
    }
}

/// The host of a redirect, with an optional port.
#[derive(Debug, Clone)]
pub struct RedirectHost(pub String);

impl Document for RedirectHost {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let text = node.string(problems)?;
        let Ok(authority) = Authority::parse(text.as_bytes()) else {
            let help = "write a host, with or without a port";
            return problems.invalid(Code::HOST, node.path, format!("invalid host `{text}`"), help);
        };
        let port = authority.port.map(|port| format!(":{port}")).unwrap_or_default();
        Some(Self(format!("{}{port}", authority.host.as_str())))
    }

    fn describe(_: &mut Definitions) -> Schema {
        Schema::of_type("string")
    }
}
