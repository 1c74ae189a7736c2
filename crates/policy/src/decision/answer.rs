//! What ends a request.

use super::{LocalReply, Reason};
use crate::vocabulary::{Mode, RuleName};
use std::fmt;

/// What was decided about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It goes on.
    Allow,
    /// It is refused.
    Deny,
    /// The client is sent elsewhere.
    Redirect,
}

impl Decision {
    /// As in filter state and in cases.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Redirect => "redirect",
        }
    }
}

/// The filters, in the order in which a request passes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "named after the modules")]
pub enum Filter {
    VhostPolicy,
    PathPolicy,
    TokenValidation,
    HeaderPolicy,
}

impl Filter {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::VhostPolicy, Self::PathPolicy, Self::TokenValidation, Self::HeaderPolicy];

    /// As in metrics, filter state and response code details.
    pub fn name(self) -> &'static str {
        match self {
            Self::VhostPolicy => "vhost_policy",
            Self::PathPolicy => "path_policy",
            Self::TokenValidation => "token_validation",
            Self::HeaderPolicy => "header_policy",
        }
    }
}

/// What ends a request: a denial or a redirect, who decided it and why.
///
/// The client sees `reply`; the log sees the rest.
#[derive(Debug, Clone)]
pub struct Answer {
    /// [`Decision::Deny`] or [`Decision::Redirect`].
    pub decision: Decision,
    /// The filter that decided.
    pub filter: Filter,
    /// The rule that decided, where one did.
    pub rule: Option<RuleName>,
    /// Why, in a word such as `method_not_allowed`.
    pub reason: Reason,
    /// [`Mode::Shadow`] where the request goes on all the same.
    pub mode: Mode,
    /// The reading of the path that was denied.
    pub reading: Option<String>,
    /// What the client gets.
    pub reply: LocalReply,
}

impl Answer {
    /// A denial that no policy decides and no mode lets through, by this filter.
    pub fn without_policy(filter: Filter, reason: Reason) -> Self {
        Self {
            decision: Decision::Deny,
            filter,
            rule: None,
            reason,
            mode: Mode::Enforce,
            reading: None,
            reply: LocalReply::denied(reason.status(), None, false),
        }
    }

    /// As in Envoy's `%RESPONSE_CODE_DETAILS%`: `ringfence_path_policy_denied{admin}`.
    pub fn details(&self) -> String {
        let rule = self.rule.as_ref().map(|rule| format!("{{{rule}}}")).unwrap_or_default();
        format!("ringfence_{}_{}{rule}", self.filter.name(), self.reason)
    }

    /// As in filter state: `decision=deny;rule=admin;reason=denied;mode=enforce`.
    pub fn state(&self) -> String {
        let rule = self.rule.as_ref().map_or("", RuleName::as_str);
        format!(
            "decision={};rule={rule};reason={};mode={}",
            self.decision.name(),
            self.reason,
            self.mode.name()
        )
    }
}

/// As in the log: one line, and nothing of the request in it but the reading.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decision = match self.decision {
            Decision::Redirect => "redirected",
            _ => "denied",
        };
        write!(f, "{decision} filter={}", self.filter.name())?;
        if let Some(rule) = &self.rule {
            write!(f, " rule={rule}")?;
        }
        write!(f, " reason={} mode={} status={}", self.reason, self.mode.name(), self.reply.status)?;
        match &self.reading {
            Some(reading) => write!(f, " reading={}", reading.get(..256).unwrap_or(reading)),
            None => Ok(()),
        }
    }
}
