//! Denials and redirects.

use super::{Filter, LocalReply, Reason};
use crate::vocabulary::{Mode, RuleName};
use std::fmt;

named! {
    /// The decision on a request.
    pub enum Decision {
        /// The request continues.
        Allow = "allow",
        /// The request is denied.
        Deny = "deny",
        /// The client is redirected.
        Redirect = "redirect",
    }
}

/// A denial or redirect, which ends the request.
///
/// The client receives `reply`; the other fields are logged.
#[derive(Debug, Clone)]
pub struct Answer {
    /// [`Decision::Deny`] or [`Decision::Redirect`].
    pub decision: Decision,
    /// The filter that decided.
    pub filter: Filter,
    /// The rule that decided, if any.
    pub rule: Option<RuleName>,
    /// The reason.
    pub reason: Reason,
    /// [`Mode::Shadow`] if the answer is not enforced.
    pub mode: Mode,
    /// The reading of the path that is denied.
    pub reading: Option<String>,
    /// The reply to the client.
    pub reply: LocalReply,
}

impl Answer {
    /// Creates a denial that no policy decides and no mode changes.
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

    /// Turns the denial into a redirect to `location`.
    pub(crate) fn into_redirect(self, status: u16, location: Vec<u8>, is_grpc: bool) -> Self {
        Self { decision: Decision::Redirect, reply: LocalReply::redirect(status, location, is_grpc), ..self }
    }

    /// Returns the details for Envoy's `%RESPONSE_CODE_DETAILS%`: `ringfence_path_policy_denied{admin}`.
    pub fn details(&self) -> String {
        let rule = self.rule.as_ref().map(|rule| format!("{{{rule}}}")).unwrap_or_default();
        format!("ringfence_{}_{}{rule}", self.filter.name(), self.reason)
    }

    /// Returns the value for filter state: `decision=deny;rule=admin;reason=denied;mode=enforce`.
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

/// Formats a log line. The only part of the request in it is the reading.
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
