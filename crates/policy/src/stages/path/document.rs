//! The document of path-policy.

use super::replacement::Replacement;
use crate::document::{Code, Document, Fields, Node, Problems};
use crate::http::{Authority, Normalize, PathLimits};
use crate::vocabulary::{DenyResponse, Mode, RequestMatch, RuleName, Rules};

document! {
    /// One canonical path, then allow, deny, redirect or rewrite.
    pub struct PathPolicy {
        /// Whether the filter acts.
        "mode" mode: Mode = Mode::default(),
        /// What to do with spellings that servers read in different ways.
        "normalize" normalize: Normalize = Normalize::default(),
        /// How long a path may be.
        "limits" limits: PathLimits = PathLimits::default(),
        /// What happens where no rule matches.
        "default" default: DefaultAction,
        /// The rules; the first match wins.
        "rules" rules: Rules<Rule> = Rules::default(),
        /// What a denied client is told.
        "response" response: Option<DenyResponse> = None,
    }
}

choice! {
    /// What happens where no rule matches.
    pub enum DefaultAction {
        /// It passes.
        Allow = "allow",
        /// 403.
        Deny = "deny",
    }
}

/// A rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name, for metrics and logs.
    pub name: RuleName,
    /// Whether it acts.
    pub mode: Option<Mode>,
    /// Which requests it is for.
    pub matches: RequestMatch,
    /// What it does.
    pub action: Action,
    /// What a denied client is told.
    pub response: Option<DenyResponse>,
}

/// What a rule does.
#[derive(Debug, Clone)]
pub enum Action {
    /// The request passes.
    Allow,
    /// 403.
    Deny,
    /// The client is sent elsewhere.
    Redirect(Redirect),
    /// The path becomes another, and passes.
    Rewrite(Replacement),
}

choice! {
    /// The word of an action.
    pub enum ActionWord {
        /// It passes.
        Allow = "allow",
        /// 403.
        Deny = "deny",
        /// To `redirect`.
        Redirect = "redirect",
        /// By `rewrite`.
        Rewrite = "rewrite",
    }
}

/// Where a client is sent.
#[derive(Debug, Clone)]
pub struct Redirect {
    /// The path; absent: the canonical path.
    pub path: Option<Replacement>,
    /// 301, 302, 303, 307 or 308.
    pub status: u16,
    /// The host, with or without a port; absent: the same.
    pub host: Option<String>,
    /// `http` or `https`; absent: the same.
    pub scheme: Option<Scheme>,
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

impl Document for Rule {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let known = ["name", "mode", "match", "action", "redirect", "rewrite", "response"];
        let fields = Fields::of(node, &known, problems)?;
        let name = fields.required("name", problems);
        let mode = fields.optional("mode", problems);
        let matches = fields.optional::<RequestMatch>("match", problems).map(Option::unwrap_or_default);
        let response = fields.optional("response", problems);
        let word = fields.required::<ActionWord>("action", problems);
        let redirect = fields.optional::<Redirect>("redirect", problems);
        let rewrite = fields.optional::<Rewrite>("rewrite", problems);
        let (word, matches) = (word?, matches?);
        let action = action(&fields, word, redirect?, rewrite?, problems)?;
        let replacement = match &action {
            Action::Redirect(redirect) => redirect.path.as_ref().map(|path| (path, "redirect")),
            Action::Rewrite(path) => Some((path, "rewrite")),
            _ => None,
        };
        if let Some((replacement, field)) = replacement
            && let Err((message, help)) = replacement.fits(matches.paths().unwrap_or_default())
        {
            problems.add(Code::REPLACEMENT, &node.path.field(field), message, help);
        }
        Some(Self { name: name?, mode: mode?, matches, action, response: response? })
    }
}

fn action(
    fields: &Fields<'_>,
    word: ActionWord,
    redirect: Option<Redirect>,
    rewrite: Option<Rewrite>,
    problems: &mut Problems,
) -> Option<Action> {
    for (field, owner) in [("redirect", ActionWord::Redirect), ("rewrite", ActionWord::Rewrite)] {
        if fields.has(field) && word != owner {
            let message = format!("`{field}` goes with `action: {field}` alone");
            problems.add(Code::WRONG_ACTION, &fields.path.field(field), message, "take one of the two out");
        }
        if word == owner && !fields.has(field) {
            let message = format!("`action: {field}` without `{field}`");
            problems.add(Code::MISSING_FIELD, fields.path, message, format!("add `{field}`"));
        }
    }
    match word {
        ActionWord::Allow => Some(Action::Allow),
        ActionWord::Deny => Some(Action::Deny),
        ActionWord::Redirect => redirect.map(Action::Redirect),
        ActionWord::Rewrite => rewrite.map(|rewrite| Action::Rewrite(rewrite.0)),
    }
}

/// The replacement of a rewrite, which must be there.
struct Rewrite(Replacement);

impl Document for Rewrite {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let fields = Fields::of(node, &Replacement::FIELDS, problems)?;
        match Replacement::from_fields(&fields, problems)? {
            Some(replacement) => Some(Self(replacement)),
            None => {
                let help = "add `path`, `prefix`, or `regex` and `substitution`";
                problems.add(Code::MISSING_FIELD, fields.path, "nothing to rewrite to", help);
                None
            }
        }
    }
}

impl Document for Redirect {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let known = [&Replacement::FIELDS[..], &["status", "host", "scheme"]].concat();
        let fields = Fields::of(node, &known, problems)?;
        let path = Replacement::from_fields(&fields, problems);
        let status = fields.optional::<RedirectStatus>("status", problems);
        let host = fields.optional::<RedirectHost>("host", problems);
        let scheme = fields.optional("scheme", problems);
        let (path, host, scheme) = (path?, host?, scheme?);
        if path.is_none() && host.is_none() && scheme.is_none() {
            let help = "add `path`, `prefix`, `regex` and `substitution`, `host` or `scheme`";
            problems.add(Code::MISSING_FIELD, fields.path, "nothing to redirect to", help);
            return None;
        }
        let status = status?.map_or(308, |status| status.0);
        Some(Self { path, status, host: host.map(|host| host.0), scheme })
    }
}

struct RedirectStatus(u16);

impl Document for RedirectStatus {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let status = u16::read(node, problems)?;
        if !matches!(status, 301 | 302 | 303 | 307 | 308) {
            let message = format!("`{status}` is no status of a redirect");
            node.problem(problems, Code::STATUS, message, "write 301, 302, 303, 307 or 308");
            return None;
        }
        Some(Self(status))
    }
}

struct RedirectHost(String);

impl Document for RedirectHost {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let text = node.string(problems)?;
        let Ok(authority) = Authority::parse(text.as_bytes()) else {
            node.problem(
                problems,
                Code::HOST,
                format!("`{text}` is no host"),
                "write a host, with or without a port",
            );
            return None;
        };
        let port = authority.port.map(|port| format!(":{port}")).unwrap_or_default();
        Some(Self(format!("{}{port}", authority.host.as_str())))
    }
}
