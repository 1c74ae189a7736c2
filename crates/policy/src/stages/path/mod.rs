//! path-policy: one canonical path, then allow, deny, redirect or rewrite.

mod document;
mod location;
mod replacement;

use crate::decision::{Answer, Decision, Filter, Reply, Report, Step, Trace, Tried};
use crate::http::{Forward, Host, Normalize, PathLimits, Request, RequestPath};
use crate::stages::Stage;
use crate::vocabulary::{DenyResponse, Mode, Subject};
use document::{Action, Default, PathPolicy, Redirect, Rule};
use replacement::Replacement;

const FILTER: Filter = Filter::PathPolicy;

/// The stage of path-policy.
#[derive(Debug)]
pub struct PathStage {
    mode: Mode,
    malformed_mode: Mode,
    normalize: Normalize,
    limits: PathLimits,
    default: Default,
    rules: Vec<Rule>,
    uses_host: bool,
    response: Option<DenyResponse>,
}

impl Stage for PathStage {
    type Document = PathPolicy;
    type Memory = ();
    const FIRST: Filter = FILTER;

    fn compile(document: PathPolicy) -> Self {
        let PathPolicy { mode, normalize, limits, default, rules, response } = document;
        let rules = rules.0;
        let malformed_mode = mode.of_malformed(rules.iter().map(|rule| rule.mode));
        let uses_host = rules.iter().any(|rule| rule.matches.uses_host());
        Self { mode, malformed_mode, normalize, limits, default, rules, uses_host, response }
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
            Err(error) => return report.end(self.malformed(request, error.status(), error.reason())),
        };
        report.trace.step(|| Step::Path(path.readings().map(str::to_owned).collect()));
        let authority = match self.uses_host.then(|| request.authority()).transpose() {
            Ok(authority) => authority,
            Err(error) => return report.end(self.malformed(request, 400, error.reason())),
        };
        let host = authority.as_ref().map(|authority| &authority.host);
        let rule = self.judge(request, &path, host, report)?;
        self.act(request, path, rule, report)
    }
}

/// The rule that decides; without one the default does.
type Decider<'s> = Option<&'s Rule>;

impl PathStage {
    /// Judges each reading: the rule for the canonical path, or the denial of the first reading that is denied.
    fn judge<'s, T: Trace>(
        &'s self,
        request: &Request<'_>,
        path: &RequestPath<'_>,
        host: Option<&Host>,
        report: &mut Report<T>,
    ) -> Result<Decider<'s>, Box<Answer>> {
        let mut decider = None;
        for (index, reading) in path.readings().enumerate() {
            let rule = self.first_match(request, path, reading, host, report)?;
            let denied =
                rule.map_or(self.default == Default::Deny, |rule| matches!(rule.action, Action::Deny));
            if denied {
                report.end(self.denial(request, rule, reading))?;
            }
            if index == 0 {
                decider = rule;
            }
        }
        Ok(decider)
    }

    /// The first rule that matches one reading; rules in shadow are counted and passed over.
    fn first_match<'s, T: Trace>(
        &'s self,
        request: &Request<'_>,
        path: &RequestPath<'_>,
        reading: &str,
        host: Option<&Host>,
        report: &mut Report<T>,
    ) -> Result<Decider<'s>, Box<Answer>> {
        let subject = Subject {
            host,
            method: request.method(),
            path: Some(reading),
            query: path.query(),
            headers: &request.headers,
        };
        for rule in &self.rules {
            let tried = match (rule.mode, rule.matches.failing(subject)) {
                (Some(Mode::Off), _) => Tried::Off,
                (_, Some(field)) => Tried::Missed(field),
                (Some(Mode::Shadow), None) => Tried::Shadowed,
                (_, None) => Tried::Matched,
            };
            report.tried(FILTER, &rule.name, Some(reading), tried);
            match tried {
                Tried::Matched => return Ok(Some(rule)),
                Tried::Shadowed => {
                    report.shadow_match(FILTER, &rule.name);
                    if matches!(rule.action, Action::Deny) {
                        report.end(self.denial(request, Some(rule), reading))?;
                    }
                }
                Tried::Missed(_) | Tried::Off => {}
            }
        }
        Ok(None)
    }

    /// Does what the rule for the canonical path says, once every reading may pass.
    fn act<'a, T: Trace>(
        &self,
        request: &mut Request<'a>,
        path: RequestPath<'a>,
        rule: Decider<'_>,
        report: &mut Report<T>,
    ) -> Result<(), Box<Answer>> {
        let mut path = path;
        let mut forward = self.mode == Mode::Enforce && self.normalize.forward == Forward::Canonical;
        if let Some(rule) = rule {
            let enforced = self.mode.of_rule(rule.mode) == Mode::Enforce;
            match &rule.action {
                Action::Redirect(redirect) => report.end(self.redirect(request, rule, redirect, &path))?,
                Action::Rewrite(replacement) => match self.replaced(rule, replacement, &path) {
                    Some(rewritten) if enforced => (path, forward) = (rewritten, true),
                    Some(_) => {}
                    None => report.end(self.broken(request, rule))?,
                },
                Action::Allow | Action::Deny => {}
            }
        }
        if forward && request.target() != Some(b"*") {
            let target = path.target();
            if request.target() != Some(&target) {
                request.headers.set(":path", &target);
            }
        }
        request.leave_path(path);
        Ok(())
    }

    fn replaced<'a>(
        &self,
        rule: &Rule,
        replacement: &Replacement,
        path: &RequestPath<'a>,
    ) -> Option<RequestPath<'a>> {
        let replaced = replacement.apply(path.canonical(), rule.matches.paths())?;
        path.rewritten(&replaced, &self.normalize).ok()
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
            None => Some(path.clone()),
        };
        let Some(path) = replaced else { return self.broken(request, rule) };
        match location::of(redirect, request, &path) {
            Ok(location) => Answer {
                decision: Decision::Redirect,
                reason: "redirected",
                reply: Reply::redirect(redirect.status, location, request.is_grpc()),
                reading: None,
                ..self.denial(request, Some(rule), path.canonical())
            },
            Err(error) => self.malformed(request, 400, error.reason()),
        }
    }

    fn denial(&self, request: &Request<'_>, rule: Decider<'_>, reading: &str) -> Answer {
        let response = rule.and_then(|rule| rule.response.as_ref()).or(self.response.as_ref());
        let status = response.and_then(|response| response.status).map_or(403, |status| status.0);
        Answer {
            decision: Decision::Deny,
            filter: FILTER,
            rule: rule.map(|rule| rule.name.clone()),
            reason: if rule.is_some() { "denied" } else { "default_deny" },
            mode: self.mode.of_rule(rule.and_then(|rule| rule.mode)),
            reading: Some(reading.to_owned()),
            reply: Reply::denied(status, response, request.is_grpc()),
        }
    }

    fn malformed(&self, request: &Request<'_>, status: u16, reason: &'static str) -> Answer {
        Answer {
            decision: Decision::Deny,
            filter: FILTER,
            rule: None,
            reason,
            mode: self.malformed_mode,
            reading: None,
            reply: Reply::denied(status, self.response.as_ref(), request.is_grpc()),
        }
    }

    /// A replacement that gave no path: the policy's fault, so 500.
    fn broken(&self, request: &Request<'_>, rule: &Rule) -> Answer {
        let answer = self.malformed(request, 500, "replacement_failed");
        Answer { rule: Some(rule.name.clone()), mode: self.mode.of_rule(rule.mode), ..answer }
    }
}
