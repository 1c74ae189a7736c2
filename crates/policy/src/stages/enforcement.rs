//! The mode of a filter, and its denials.

use crate::decision::{Answer, Decision, Filter, LocalReply, Reason, Report, Trace};
use crate::http::{Authority, Request, fixed_header};
use crate::vocabulary::{DenyResponse, Mode, RuleName};

/// The mode of a filter and the response of its denials.
#[derive(Debug)]
pub(super) struct Enforcement {
    filter: Filter,
    mode: Mode,
    malformed_mode: Mode,
    response: Option<DenyResponse>,
}

/// The part of a rule that its denials use.
#[derive(Debug, Clone, Copy)]
pub(super) struct RuleHead<'r> {
    pub(super) name: &'r RuleName,
    /// The mode of the rule itself; absent: that of the filter.
    pub(super) mode: Option<Mode>,
    /// The response of the rule itself; absent: that of the filter.
    pub(super) response: Option<&'r DenyResponse>,
}

impl Enforcement {
    pub(super) fn new(
        filter: Filter,
        mode: Mode,
        rules: impl IntoIterator<Item = Option<Mode>>,
        response: Option<DenyResponse>,
    ) -> Self {
        Self { filter, mode, malformed_mode: mode.of_malformed(rules), response }
    }

    /// Records that the filter saw the request; returns false if the filter is off.
    pub(super) fn enter<T: Trace>(&self, report: &mut Report<T>) -> bool {
        let is_on = self.mode != Mode::Off;
        if is_on {
            report.enter(self.filter);
        }
        is_on
    }

    pub(super) fn mode(&self) -> Mode {
        self.mode
    }

    /// Returns true if the decisions of a rule are enforced.
    pub(super) fn is_enforced(&self, rule: RuleHead<'_>) -> bool {
        self.mode.of_rule(rule.mode) == Mode::Enforce
    }

    /// Returns true if malformed requests are denied: a rule that is enforced may deny what cannot be parsed.
    pub(super) fn denies_malformed(&self) -> bool {
        self.malformed_mode == Mode::Enforce
    }

    /// Forwards the host as the filter judges it, and a `connection` that names no other header.
    pub(super) fn forward(&self, request: &mut Request<'_>, authority: Option<&Authority>) {
        if self.denies_malformed() {
            authority.into_iter().for_each(|authority| request.forward_authority(authority));
            request.forward_connection();
        }
    }

    /// Returns true for trailers that no server may take for headers: pseudo-headers, `host`, and headers of the framing.
    pub(super) fn removes_trailer(&self, name: &[u8]) -> bool {
        self.denies_malformed() && (name.starts_with(b":") || fixed_header(name).is_some())
    }

    /// Creates a denial by a rule, or by the filter if no rule decided.
    pub(super) fn denial(&self, request: &Request<'_>, rule: Option<RuleHead<'_>>, reason: Reason) -> Answer {
        let response = rule.and_then(|rule| rule.response).or(self.response.as_ref());
        let own = response.and_then(|response| response.status).filter(|_| reason.is_policy());
        let status = own.map_or(reason.status(), |own| own.0);
        Answer {
            decision: Decision::Deny,
            filter: self.filter,
            rule: rule.map(|rule| rule.name.clone()),
            reason,
            mode: self.mode.of_rule(rule.and_then(|rule| rule.mode)),
            reading: None,
            reply: LocalReply::denied(status, response, request.is_grpc()),
        }
    }

    pub(super) fn malformed(&self, request: &Request<'_>, reason: Reason) -> Answer {
        Answer { mode: self.malformed_mode, ..self.denial(request, None, reason) }
    }
}
