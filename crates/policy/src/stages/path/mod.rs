//! path-policy: one canonical path, then allow, deny, redirect or rewrite.

mod document;
mod location;
mod path_headers;
mod replacement;

use crate::decision::{Answer, Filter, Reason, Report, Step, Trace};
use crate::http::{Forward, Needs, Normalize, PathHeaders, PathLimits, Request, RequestPath};
use crate::stages::enforcement::{Enforcement, RuleHead};
use crate::stages::rule_inputs::RuleInputs;
use crate::stages::rule_set::{self, Rule as _, RuleSet};
use crate::stages::stage::Stage;
use crate::vocabulary::{Mode, RequestMatch, Sense};
use document::{Redirect, Rewrite, Rule};
use replacement::Replacement;

pub use document::{ActionKind, DefaultAction, PathPolicy};

/// The stage of path-policy.
#[derive(Debug)]
pub struct PathStage {
    enforcement: Enforcement,
    normalize: Normalize,
    limits: PathLimits,
    default: DefaultAction,
    rules: RuleSet<Rule>,
}

impl rule_set::Rule for Rule {
    const FILTER: Filter = Filter::PathPolicy;

    fn head(&self) -> RuleHead<'_> {
        RuleHead { name: &self.name, mode: self.mode, response: self.response.as_ref() }
    }

    fn matches(&self) -> &RequestMatch {
        &self.action.matches
    }

    fn matches_mut(&mut self) -> &mut RequestMatch {
        &mut self.action.matches
    }

    fn sense(&self) -> Sense {
        self.action.kind.sense()
    }
}

impl Stage for PathStage {
    type Document = PathPolicy;
    type ResponseState = ();

    fn filters(&self) -> Vec<Filter> {
        vec![Filter::PathPolicy]
    }

    fn compile(document: PathPolicy) -> Self {
        let PathPolicy { mode, normalize, limits, default, rules, response } = document;
        let rules = RuleSet::new(rules);
        let enforcement = Enforcement::new(Filter::PathPolicy, mode, rules.modes(), response);
        Self { enforcement, normalize, limits, default, rules }
    }

    fn needs(&self) -> Needs {
        self.rules.needs()
    }

    fn on_request<'a, T: Trace>(
        &self,
        request: &mut Request<'a>,
        _: &mut (),
        report: &mut Report<T>,
    ) -> Result<(), Box<Answer>> {
        if !self.enforcement.enter(report) {
            return Ok(());
        }
        let moves_path =
            self.normalize.path_headers != PathHeaders::Keep && path_headers::any(&request.headers);
        if moves_path && self.normalize.path_headers == PathHeaders::Reject {
            report.end(self.enforcement.malformed(request, Reason::PATH_HEADER))?;
        }
        self.judge(request, report)?;
        // After the rules, which may match these headers.
        if moves_path && self.enforcement.mode() == Mode::Enforce {
            request.headers.remove(path_headers::is_path_header);
        }
        Ok(())
    }
}

impl PathStage {
    /// Decides on the path, and applies the action of the rule.
    fn judge<'a, T: Trace>(
        &self,
        request: &mut Request<'a>,
        report: &mut Report<T>,
    ) -> Result<(), Box<Answer>> {
        let path = match request.path(&self.normalize, &self.limits) {
            Ok(path) => path,
            Err(reason) => return report.end(self.enforcement.malformed(request, reason)),
        };
        if let Some(path) = &path {
            report.trace.step(|| Step::Path(path.readings().map(str::to_owned).collect()));
        }
        let inputs = match self.rules.with_path::<T>(request, path) {
            Ok(inputs) => inputs,
            Err(reason) => return report.end(self.enforcement.malformed(request, reason)),
        };
        let (rule, is_unanimous) = self.decide(request, &inputs, report)?;
        match (inputs.path, rule) {
            (Some(path), _) => self.act(request, path, rule, is_unanimous, report),
            // A CONNECT without a path cannot be redirected or rewritten.
            (None, Some(rule)) if matches!(rule.action.kind, ActionKind::Redirect | ActionKind::Rewrite) => {
                report.end(self.failed_action(request, rule, Reason::PATH_MISSING))
            }
            (None, _) => Ok(()),
        }
    }

    /// Decides on every reading of the path.
    ///
    /// Returns the rule for the canonical path, which is `None` if the default decides, and whether the same rule decides
    /// every reading.
    ///
    /// # Errors
    /// Returns the denial of the first reading that is denied.
    fn decide<'s, T: Trace>(
        &'s self,
        request: &Request<'_>,
        inputs: &RuleInputs<'_>,
        report: &mut Report<T>,
    ) -> Result<(Option<&'s Rule>, bool), Box<Answer>> {
        let readings = self.rules.first_matches(request, inputs, report, |rule, reading, report| {
            if rule.action.kind != ActionKind::Deny {
                return Ok(());
            }
            report.end(self.denial(request, Some(rule), reading))
        })?;
        for (reading, rule) in &readings {
            let is_denied = match rule {
                Some(rule) => rule.action.kind == ActionKind::Deny,
                None => self.default == DefaultAction::Deny,
            };
            if is_denied {
                report.end(self.denial(request, *rule, *reading))?;
            }
        }
        let canonical = readings.first().and_then(|(_, rule)| *rule);
        let name = |rule: Option<&'s Rule>| rule.map(|rule| &rule.name);
        Ok((canonical, readings.iter().all(|(_, rule)| name(*rule) == name(canonical))))
    }

    /// Applies the action of the rule for the canonical path, once no reading is denied.
    fn act<'a, T: Trace>(
        &self,
        request: &mut Request<'a>,
        mut path: RequestPath<'a>,
        rule: Option<&Rule>,
        is_unanimous: bool,
        report: &mut Report<T>,
    ) -> Result<(), Box<Answer>> {
        let is_enforcing = self.enforcement.mode() == Mode::Enforce;
        let mut forward = is_enforcing && self.normalize.forward == Forward::Canonical;
        if let Some(rule) = rule {
            if let Some(redirect) = &rule.action.redirect {
                report.end(self.redirect(request, rule, redirect, &path))?;
            }
            if let Some(Rewrite { replacement }) = &rule.action.rewrite {
                let rewritten = if is_unanimous {
                    replacement.as_ref().map_or(Err(Reason::REPLACEMENT_FAILED), |replacement| {
                        self.replace(rule, replacement, &path)
                    })
                } else {
                    // The rewritten path would come from a reading that this rule did not match.
                    Err(Reason::REWRITE_AMBIGUOUS)
                };
                match rewritten {
                    Ok(rewritten) if self.enforcement.is_enforced(rule.head()) => {
                        (path, forward) = (rewritten, true);
                    }
                    Ok(_) => {}
                    Err(reason) => report.end(self.failed_action(request, rule, reason))?,
                }
            }
        }
        if forward && !request.target().is_some_and(|target| path.is_target(target)) {
            request.headers.set(":path", &path.target());
        }
        request.set_path(path);
        Ok(())
    }

    /// Returns the path after a replacement.
    ///
    /// # Errors
    /// Returns a reason with status 400 if the request causes the failure, otherwise with status 500.
    fn replace<'a>(
        &self,
        rule: &Rule,
        replacement: &Replacement,
        path: &RequestPath<'a>,
    ) -> Result<RequestPath<'a>, Reason> {
        let replaced = replacement.apply(path.canonical(), rule.action.paths());
        let replaced = replaced.ok_or(Reason::REPLACEMENT_FAILED)?;
        path.rewritten(&replaced, &self.normalize).map_err(|reason| match reason {
            Reason::PATH_ABOVE_ROOT | Reason::TOO_MANY_READINGS => reason,
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
        let path = redirect
            .path
            .as_ref()
            .map_or(Ok(path.clone()), |path_replacement| self.replace(rule, path_replacement, path));
        match path.and_then(|path| location::of(redirect, request, &path)) {
            Ok(location) => {
                let reply = self.failed_action(request, rule, Reason::REDIRECTED);
                reply.into_redirect(redirect.status.0, location, request.is_grpc())
            }
            Err(reason) => self.failed_action(request, rule, reason),
        }
    }

    fn denial(&self, request: &Request<'_>, rule: Option<&Rule>, reading: Option<&str>) -> Answer {
        let reason = if rule.is_some() { Reason::DENIED } else { Reason::DEFAULT_DENY };
        let denial = self.enforcement.denial(request, rule.map(rule_set::Rule::head), reason);
        Answer { reading: reading.map(str::to_owned), ..denial }
    }

    /// Creates a denial because the action of a rule cannot be applied.
    fn failed_action(&self, request: &Request<'_>, rule: &Rule, reason: Reason) -> Answer {
        self.enforcement.denial(request, Some(rule.head()), reason)
    }
}
