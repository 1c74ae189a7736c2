//! path-policy: one canonical path, then allow, deny, redirect or rewrite.

#[cfg(not(target_arch = "wasm32"))]
mod describe;
mod document;
mod location;
mod replacement;

use crate::decision::{Answer, Decision, Filter, LocalReply, Reason, Report, RuleResult, Step, Trace};
use crate::http::{Forward, Host, Normalize, PathLimits, Request, RequestPath};
use crate::stages::Stage;
use crate::stages::index::RuleIndex;
use crate::vocabulary::{DenyResponse, MatchInput, Mode};
use document::{Action, DefaultAction, PathPolicy, Redirect, Rule};
use replacement::Replacement;

const FILTER: Filter = Filter::PathPolicy;

/// The stage of path-policy.
#[derive(Debug)]
pub struct PathStage {
    mode: Mode,
    malformed_mode: Mode,
    normalize: Normalize,
    limits: PathLimits,
    default: DefaultAction,
    rules: Vec<Rule>,
    index: RuleIndex,
    uses_host: bool,
    response: Option<DenyResponse>,
}

impl Stage for PathStage {
    type Document = PathPolicy;
    type ResponseState = ();

    fn filters(&self) -> Vec<Filter> {
        vec![FILTER]
    }

    fn compile(document: PathPolicy) -> Self {
        let PathPolicy { mode, normalize, limits, default, rules, response } = document;
        let rules = rules.0;
        let malformed_mode = mode.of_malformed(rules.iter().map(|rule| rule.mode));
        let uses_host = rules.iter().any(|rule| rule.matches.uses_host());
        let index = RuleIndex::new(rules.iter().map(|rule| &rule.matches));
        Self { mode, malformed_mode, normalize, limits, default, rules, index, uses_host, response }
    }

    fn on_request<'a, T: Trace>(
        &self,
        request: &mut Request<'a>,
        _: &mut (),
        report: &mut Report<T>,
    ) -> Result<(), Box<Answer>> {
        if self.mode == Mode::Off {
            return Ok(());
        }
        report.enter(FILTER);
        let path = match request.path(&self.normalize, &self.limits) {
            Ok(Some(path)) => path,
            // A CONNECT without a path has nothing to judge here.
            Ok(None) => return Ok(()),
            Err(error) => return report.end(self.malformed(request, error)),
        };
        report.trace.step(|| Step::Path(path.readings().map(str::to_owned).collect()));
        let authority = match self.uses_host.then(|| request.authority()).transpose() {
            Ok(authority) => authority,
            Err(error) => return report.end(self.malformed(request, error)),
        };
        let host = authority.as_ref().map(|authority| &authority.host);
        let judged = self.judge(request, &path, host, report)?;
        self.act(request, path, judged, report)
    }
}

/// The rule that decides; without one the default does.
type Decider<'s> = Option<&'s Rule>;

/// What is known of a path that no reading denies.
struct Judged<'s> {
    /// The rule for the canonical path.
    rule: Decider<'s>,
    /// Whether the same rule is the one for every reading.
    in_every_reading: bool,
}

impl PathStage {
    /// Judges each reading: the rule for the canonical path, or the denial of the first reading that is denied.
    fn judge<'s, T: Trace>(
        &'s self,
        request: &Request<'_>,
        path: &RequestPath<'_>,
        host: Option<&Host>,
        report: &mut Report<T>,
    ) -> Result<Judged<'s>, Box<Answer>> {
        let mut readings: Vec<(&str, Decider<'s>)> = path.readings().map(|reading| (reading, None)).collect();
        let candidates = self.index.candidates::<T>(host, path.readings().map(Some));
        for rule in candidates.into_iter().filter_map(|place| self.rules.get(place)) {
            self.try_rule(rule, &mut readings, request, path, host, report)?;
            if readings.iter().all(|(_, decider)| decider.is_some()) {
                break;
            }
        }
        for (reading, decider) in &readings {
            let denied = decider
                .map_or(self.default == DefaultAction::Deny, |rule| matches!(rule.action, Action::Deny));
            if denied {
                report.end(self.denial(request, *decider, reading))?;
            }
        }
        let rule = readings.first().and_then(|(_, decider)| *decider);
        let in_every_reading = readings.iter().all(|(_, decider)| is_same(*decider, rule));
        Ok(Judged { rule, in_every_reading })
    }

    /// Tries a rule on each reading that none before it has; in shadow it is counted and passed over.
    fn try_rule<'s, T: Trace>(
        &'s self,
        rule: &'s Rule,
        readings: &mut [(&str, Decider<'s>)],
        request: &Request<'_>,
        path: &RequestPath<'_>,
        host: Option<&Host>,
        report: &mut Report<T>,
    ) -> Result<(), Box<Answer>> {
        let headers = &request.headers;
        let subject = MatchInput { host, method: request.method(), query: path.query(), headers };
        let mut attempt = rule.matches.attempt(subject);
        for (reading, decider) in readings.iter_mut().filter(|(_, decider)| decider.is_none()) {
            let tried = RuleResult::of(rule.mode, || attempt.first_mismatch(Some(reading)));
            report.record_rule(FILTER, &rule.name, Some(reading), tried);
            match tried {
                RuleResult::Matched => *decider = Some(rule),
                RuleResult::Shadowed => {
                    report.shadow_match(FILTER, &rule.name);
                    if matches!(rule.action, Action::Deny) {
                        report.end(self.denial(request, Some(rule), reading))?;
                    }
                }
                RuleResult::Missed(_) | RuleResult::Off => {}
            }
        }
        Ok(())
    }

    /// Does what the rule for the canonical path says, once every reading may pass.
    fn act<'a, T: Trace>(
        &self,
        request: &mut Request<'a>,
        path: RequestPath<'a>,
        judged: Judged<'_>,
        report: &mut Report<T>,
    ) -> Result<(), Box<Answer>> {
        let mut path = path;
        let mut forward = self.mode == Mode::Enforce && self.normalize.forward == Forward::Canonical;
        if let Some(rule) = judged.rule {
            let enforced = self.mode.of_rule(rule.mode) == Mode::Enforce;
            match &rule.action {
                Action::Redirect(redirect) => report.end(self.redirect(request, rule, redirect, &path))?,
                // Of a reading that is another rule's, the rewritten path would be one that nobody judged.
                Action::Rewrite(_) if !judged.in_every_reading => {
                    report.end(self.refusal(request, rule, Reason::REWRITE_AMBIGUOUS))?;
                }
                Action::Rewrite(replacement) => match self.replaced(rule, replacement, &path) {
                    Ok(rewritten) if enforced => (path, forward) = (rewritten, true),
                    Ok(_) => {}
                    Err(reason) => report.end(self.refusal(request, rule, reason))?,
                },
                Action::Allow | Action::Deny => {}
            }
        }
        if forward && !request.target().is_some_and(|target| path.is_target(target)) {
            request.headers.set(":path", &path.target());
        }
        request.leave_path(path);
        Ok(())
    }

    /// The path after the replacement, or why there is none: 400 where the request is to blame, otherwise 500.
    fn replaced<'a>(
        &self,
        rule: &Rule,
        replacement: &Replacement,
        path: &RequestPath<'a>,
    ) -> Result<RequestPath<'a>, Reason> {
        let replaced = replacement
            .apply(path.canonical(), rule.matches.paths().unwrap_or_default())
            .ok_or(Reason::REPLACEMENT_FAILED)?;
        path.rewritten(&replaced, &self.normalize).map_err(|error| match error {
            Reason::PATH_ABOVE_ROOT | Reason::TOO_MANY_READINGS => error,
            _ => Reason::REPLACEMENT_FAILED,
        })
    }

    fn redirect(
        &self,
        request: &Request<'_>,
        rule: &Rule,
        redirect: &Redirect,
        path: &RequestPath<'_>,
    ) -> Answer {
        let replaced = match &redirect.path {
            Some(replacement) => self.replaced(rule, replacement, path),
            None => Ok(path.clone()),
        };
        let path = match replaced {
            Ok(path) => path,
            Err(reason) => return self.refusal(request, rule, reason),
        };
        match location::of(redirect, request, &path) {
            Ok(location) => Answer {
                decision: Decision::Redirect,
                reason: Reason::REDIRECTED,
                reply: LocalReply::redirect(redirect.status, location, request.is_grpc()),
                reading: None,
                ..self.denial(request, Some(rule), path.canonical())
            },
            Err(error) => self.refusal(request, rule, error),
        }
    }

    fn denial(&self, request: &Request<'_>, rule: Decider<'_>, reading: &str) -> Answer {
        let response = rule.and_then(|rule| rule.response.as_ref()).or(self.response.as_ref());
        let status = response.and_then(|response| response.status).map_or(403, |status| status.0);
        Answer {
            decision: Decision::Deny,
            filter: FILTER,
            rule: rule.map(|rule| rule.name.clone()),
            reason: if rule.is_some() { Reason::DENIED } else { Reason::DEFAULT_DENY },
            mode: self.mode.of_rule(rule.and_then(|rule| rule.mode)),
            reading: Some(reading.to_owned()),
            reply: LocalReply::denied(status, response, request.is_grpc()),
        }
    }

    fn malformed(&self, request: &Request<'_>, reason: Reason) -> Answer {
        Answer {
            decision: Decision::Deny,
            filter: FILTER,
            rule: None,
            reason,
            mode: self.malformed_mode,
            reading: None,
            reply: LocalReply::denied(reason.status(), self.response.as_ref(), request.is_grpc()),
        }
    }

    /// What a rule that is no denial cannot be done with.
    fn refusal(&self, request: &Request<'_>, rule: &Rule, reason: Reason) -> Answer {
        let response = rule.response.as_ref().or(self.response.as_ref());
        let reply = LocalReply::denied(reason.status(), response, request.is_grpc());
        let answer = self.malformed(request, reason);
        Answer { reply, rule: Some(rule.name.clone()), mode: self.mode.of_rule(rule.mode), ..answer }
    }
}

/// Whether both are the same rule, or both the default.
fn is_same(one: Decider<'_>, other: Decider<'_>) -> bool {
    one.map(|rule| &rule.name) == other.map(|rule| &rule.name)
}
