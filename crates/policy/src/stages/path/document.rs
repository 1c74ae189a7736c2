//! The document of path-policy.

use super::replacement::{Replacement, ReplacementFields};
use crate::document::{Code, Definitions, Document, FromDocument, Node, Problems, Schema};
use crate::http::{Authority, Normalize, PathLimits};
use crate::vocabulary::{DenyResponse, Mode, PathMatch, RequestMatch, RuleName, Rules};

document! {
    /// One canonical path, then allow, deny, redirect or rewrite.
    pub struct PathPolicy {
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
    pub struct RuleFields as Rule {
        /// The name, for metrics and logs.
        "name" name: RuleName,
        /// Whether the rule acts; absent: the mode of the filter.
        "mode" mode: Option<Mode> = None,
        /// The requests that the rule applies to; absent: all.
        "match" matches: RequestMatch = RequestMatch::default(),
        /// The action.
        "action" action: ActionName,
        /// The target of `action: redirect`; the query is kept.
        "redirect" redirect: Option<Redirect> = None,
        /// The path that the upstream receives, with `action: rewrite`; the query is kept.
        "rewrite" rewrite: Option<Rewrite> = None,
        /// The response of denials by this rule.
        "response" response: Option<DenyResponse> = None,
    }
}

choice! {
    /// The name of an action.
    pub enum ActionName {
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

/// A rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The name, for metrics and logs.
    pub name: RuleName,
    /// Whether the rule acts; absent: the mode of the filter.
    pub mode: Option<Mode>,
    /// The requests that the rule applies to.
    pub matches: RequestMatch,
    /// The action.
    pub action: Action,
    /// The response of denials by this rule.
    pub response: Option<DenyResponse>,
}

/// The action of a rule.
#[derive(Debug, Clone)]
pub enum Action {
    /// The request is allowed.
    Allow,
    /// The request is denied.
    Deny,
    /// The client is redirected.
    Redirect(Redirect),
    /// The path is replaced, and the request is allowed.
    Rewrite(Replacement),
}

impl Rule {
    /// Returns the patterns of the match on paths.
    pub(super) fn paths(&self) -> &[PathMatch] {
        self.matches.fields.paths.as_deref().unwrap_or_default()
    }
}

impl FromDocument<RuleFields> for Rule {
    fn from_document(fields: RuleFields, node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let RuleFields { name, mode, matches, action, redirect, rewrite, response } = fields;
        let given = [
            ("redirect", ActionName::Redirect, redirect.is_some()),
            ("rewrite", ActionName::Rewrite, rewrite.is_some()),
        ];
        for (field, owner, is_given) in given {
            if is_given && action != owner {
                let message = format!("`{field}` without `action: {field}`");
                problems.add(Code::WRONG_ACTION, &node.path.field(field), message, "remove one of the two");
            }
            if !is_given && action == owner {
                let message = format!("`action: {field}` without `{field}`");
                problems.add(Code::MISSING_FIELD, node.path, message, format!("add `{field}`"));
            }
        }
        let action = match action {
            ActionName::Allow => Action::Allow,
            ActionName::Deny => Action::Deny,
            ActionName::Redirect => Action::Redirect(redirect?),
            ActionName::Rewrite => Action::Rewrite(rewrite?.0),
        };
        let rule = Self { name, mode, matches, action, response };
        let replacement = match &rule.action {
            Action::Redirect(redirect) => redirect.path.as_ref().map(|path| (path, "redirect")),
            Action::Rewrite(path) => Some((path, "rewrite")),
            Action::Allow | Action::Deny => None,
        };
        if let Some((replacement, field)) = replacement
            && let Err((message, help)) = replacement.check(rule.paths())
        {
            problems.add(Code::REPLACEMENT, &node.path.field(field), message, help);
        }
        Some(rule)
    }

    fn restrict(schema: Schema) -> Schema {
        schema.only_where("action", "redirect", "redirect").only_where("action", "rewrite", "rewrite")
    }
}

/// The replacement of a rewrite.
#[derive(Debug, Clone)]
pub struct Rewrite(Replacement);

document! {
    /// The path that the upstream receives; the query is kept.
    pub struct RewriteFields as Rewrite {
        /// The replacement.
        replacement: ReplacementFields,
    }
}

impl FromDocument<RewriteFields> for Rewrite {
    fn from_document(fields: RewriteFields, node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        if fields.replacement.0.is_none() {
            let help = "add `path`, `prefix`, or `regex` and `substitution`";
            problems.add(Code::MISSING_FIELD, node.path, "no replacement", help);
        }
        fields.replacement.0.map(Self)
    }

    fn restrict(schema: Schema) -> Schema {
        schema.exactly_one(&["path", "prefix", "regex"])
    }
}

/// The target of a redirect.
#[derive(Debug, Clone)]
pub struct Redirect {
    /// The path; absent: the canonical path.
    pub path: Option<Replacement>,
    /// 301, 302, 303, 307 or 308.
    pub status: u16,
    /// The host and optional port; absent: those of the request.
    pub host: Option<String>,
    /// The scheme; absent: that of the request.
    pub scheme: Option<Scheme>,
}

document! {
    /// The target of a redirect; the query is kept.
    pub struct RedirectFields as Redirect {
        /// The path.
        path: ReplacementFields,
        /// The status.
        "status" status: RedirectStatus = RedirectStatus(308),
        /// The host and optional port; absent: those of the request.
        "host" host: Option<RedirectHost> = None,
        /// The scheme; absent: that of the request.
        "scheme" scheme: Option<Scheme> = None,
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

impl FromDocument<RedirectFields> for Redirect {
    fn from_document(fields: RedirectFields, node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let RedirectFields { path: ReplacementFields(path), status, host, scheme } = fields;
        if path.is_none() && host.is_none() && scheme.is_none() {
            let help = "add `path`, `prefix`, `regex` and `substitution`, `host` or `scheme`";
            return problems.invalid(Code::MISSING_FIELD, node.path, "no redirect target", help);
        }
        Some(Self { path, status: status.0, host: host.map(|host| host.0), scheme })
    }

    fn restrict(schema: Schema) -> Schema {
        schema.at_least_one(&["path", "prefix", "regex", "host", "scheme"])
    }
}

/// The status of a redirect.
#[derive(Debug, Clone, Copy)]
pub struct RedirectStatus(u16);

impl Document for RedirectStatus {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let status = u16::read(node, problems)?;
        if !matches!(status, 301 | 302 | 303 | 307 | 308) {
            let message = format!("invalid status `{status}` of a redirect");
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
pub struct RedirectHost(String);

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
