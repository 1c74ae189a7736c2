//! path-policy: one canonical path, then allow, deny, redirect or rewrite.

mod ambiguity;
mod document;
mod location;
mod path_headers;
mod replacement;

use crate::decision::{Answer, Filter, Reason, Report, Step, Trace};
use crate::http::{
    Budget, Forward, HeaderIndex, Needs, Normalize, PathHeaders, PathLimits, Request, RequestPath,
};
use crate::stages::enforcement::{Enforcement, RuleHead};
use crate::stages::rule_inputs::RuleInputs;
use crate::stages::rule_set::{self, Rule as _, RuleSet};
use crate::stages::stage::Stage;
use crate::vocabulary::{Mode, RequestMatch, Sense};
use document::{Redirect, Rewrite, Rule};
use replacement::Replacement;
use std::cell::Cell;

pub use document::{ActionKind, DefaultAction, PathPolicy};

/// The stage of path-policy.
#[derive(Debug)]
pub struct PathStage {
    enforcement: Enforcement,
    normalize: Normalize,
    limits: PathLimits,
    default: DefaultAction,
    rules: RuleSet<Rule>,
    /// The headers that move the path, unless the policy keeps them.
    path_headers: HeaderIndex,
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
        let keeps = normalize.path_headers == PathHeaders::Keep;
        let path_headers = if keeps { HeaderIndex::default() } else { path_headers::index() };
        Self { enforcement, normalize, limits, default, rules, path_headers }
    }

    fn needs(&self) -> Needs {
        self.rules.needs()
    }

    fn removes_trailer(&self, name: &[u8]) -> bool {
        self.enforcement.removes_trailer(name)
            || self.enforcement.denies_malformed() && self.path_headers.contain(name)
            || self.rules.use_header(name, &self.enforcement)
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
        let moves_path = request.headers.may_have_any(&self.path_headers)
            && request.headers.fields().any(|(name, _)| self.path_headers.contain(name));
        if moves_path && self.normalize.path_headers == PathHeaders::Reject {
            report.end(self.enforcement.malformed(request, Reason::PATH_HEADER))?;
        }
        self.judge(request, report)?;
        // After the rules, which may match these headers.
        if moves_path && self.enforcement.mode() == Mode::Enforce {
            request.headers.remove(|name| self.path_headers.contain(name));
        }
        Ok(())
    }
}

/// What the rules decide on the readings of a path, none of which is denied.
struct Decision<'i, 's> {
    /// The rule for the canonical path; `None` if the default decides.
    rule: Option<&'s Rule>,
    /// The other readings for which the same rule decides.
    others: Vec<&'i str>,
    /// Whether the same rule decides every reading.
    is_unanimous: bool,
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
        self.enforcement.forward(request, inputs.authority.as_ref());
        let decision = self.decide(request, &inputs, report)?;
        let Some(path) = &inputs.path else {
            return self.act_without_path(request, decision.rule, report);
        };
        let rewritten = self.act(request, path, &decision, report)?;
        if let Some(path) = inputs.path {
            self.forward(request, path, rewritten);
        }
        Ok(())
    }

    /// Decides on every reading of the path.
    ///
    /// # Errors
    /// Returns the denial of the first reading that is denied.
    fn decide<'i, 's, T: Trace>(
        &'s self,
        request: &Request<'_>,
        inputs: &'i RuleInputs<'_>,
        report: &mut Report<T>,
    ) -> Result<Decision<'i, 's>, Box<Answer>> {
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
        let rule = readings.first().and_then(|(_, rule)| *rule);
        let name = |rule: Option<&'s Rule>| rule.map(|rule| &rule.name);
        let others = readings.iter().skip(1).filter(|(_, other)| name(*other) == name(rule));
        let others: Vec<&str> = others.filter_map(|(reading, _)| *reading).collect();
        Ok(Decision { rule, is_unanimous: others.len() + 1 >= readings.len(), others })
    }

    /// Applies the action of the rule for the canonical path, once no reading is denied. Returns the path of a rewrite that
    /// is enforced.
    fn act<'a, T: Trace>(
        &self,
        request: &Request<'a>,
        path: &RequestPath<'a>,
        decision: &Decision<'_, '_>,
        report: &mut Report<T>,
    ) -> Result<Option<RequestPath<'a>>, Box<Answer>> {
        let Some(rule) = decision.rule else { return Ok(None) };
        if let Some(redirect) = &rule.action.redirect {
            let answer = self.redirect(request, rule, redirect, path, &decision.others);
            if T::ENABLED
                && answer.reason == Reason::REWRITE_AMBIGUOUS
                && let Some(replacement) = &redirect.path
                && let Some(found) =
                    self.new_reading(rule, replacement, path, &decision.others, location::path)
            {
                report.trace.step(|| Step::Ambiguous(found));
            }
            report.end(answer)?;
        }
        let Some(Rewrite { replacement }) = &rule.action.rewrite else { return Ok(None) };
        let rewritten = match replacement {
            // The rewritten path would come from a reading that this rule did not match.
            _ if !decision.is_unanimous => Err(Reason::REWRITE_AMBIGUOUS),
            Some(replacement) => {
                self.replace(rule, replacement, path, &decision.others, &request.budget, <[u8]>::to_vec)
            }
            None => Err(Reason::REPLACEMENT_FAILED),
        };
        match rewritten {
            Ok(rewritten) => Ok(self.enforcement.is_enforced(rule.head()).then_some(rewritten)),
            Err(reason) => {
                if T::ENABLED
                    && reason == Reason::REWRITE_AMBIGUOUS
                    && let Some(found) = match replacement {
                        Some(replacement) if decision.is_unanimous => {
                            self.new_reading(rule, replacement, path, &decision.others, <[u8]>::to_vec)
                        }
                        _ => Self::other_reading(path, decision),
                    }
                {
                    report.trace.step(|| Step::Ambiguous(found));
                }
                report.end(self.failed_action(request, rule, reason)).map(|()| None)
            }
        }
    }

    /// Applies the action of the rule for a CONNECT without a path, which cannot be redirected or rewritten.
    fn act_without_path<T: Trace>(
        &self,
        request: &Request<'_>,
        rule: Option<&Rule>,
        report: &mut Report<T>,
    ) -> Result<(), Box<Answer>> {
        match rule {
            Some(rule) if matches!(rule.action.kind, ActionKind::Redirect | ActionKind::Rewrite) => {
                report.end(self.failed_action(request, rule, Reason::PATH_MISSING))
            }
            _ => Ok(()),
        }
    }

    /// Sets the path that the upstream and the later stages receive.
    fn forward<'a>(
        &self,
        request: &mut Request<'a>,
        path: RequestPath<'a>,
        rewritten: Option<RequestPath<'a>>,
    ) {
        let is_enforcing = self.enforcement.mode() == Mode::Enforce;
        let is_changed =
            rewritten.is_some() || (is_enforcing && self.normalize.forward == Forward::Canonical);
        let path = rewritten.unwrap_or(path);
        if is_changed && !request.target().is_some_and(|target| path.is_target(target)) {
            request.headers.set(":path", &path.target());
        }
        request.set_path(path);
    }

    /// Returns the path after a replacement. `others` are the other readings that the rule decides; `spell` returns the path
    /// as the receiver gets it.
    ///
    /// # Errors
    /// Returns a reason with status 400 if the request causes the failure, otherwise with status 500.
    fn replace<'a>(
        &self,
        rule: &Rule,
        replacement: &Replacement,
        path: &RequestPath<'a>,
        others: &[&str],
        budget: &Budget,
        spell: fn(&[u8]) -> Vec<u8>,
    ) -> Result<RequestPath<'a>, Reason> {
        let replace = |reading: &str| replacement.apply(reading, rule.action.paths(), budget);
        let new = replace(path.canonical())?;
        let readings = std::iter::once(path.canonical()).chain(others.iter().copied());
        // Without the result of a reading, the path that has this reading is ambiguous.
        let is_costly = Cell::new(false);
        let results = readings.take_while(|_| !is_costly.get()).filter_map(|reading| {
            let result = replace(reading);
            is_costly.set(result == Err(Reason::TOO_COSTLY));
            result.ok()
        });
        let results = results.flat_map(|result| [spell(&result), result]);
        path.replaced(&spell(&new), results, &self.normalize).map_err(|reason| match reason {
            Reason::REWRITE_AMBIGUOUS if is_costly.get() => Reason::TOO_COSTLY,
            Reason::PATH_ABOVE_ROOT
            | Reason::DOT_SEGMENT
            | Reason::TOO_MANY_READINGS
            | Reason::TOO_COSTLY
            | Reason::REWRITE_AMBIGUOUS => reason,
            _ => Reason::REPLACEMENT_FAILED,
        })
    }

    fn redirect(
        &self,
        request: &Request<'_>,
        rule: &Rule,
        redirect: &Redirect,
        path: &RequestPath<'_>,
        others: &[&str],
    ) -> Answer {
        let path = match &redirect.path {
            Some(replacement) => {
                self.replace(rule, replacement, path, others, &request.budget, location::path)
            }
            None => Ok(path.clone()),
        };
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
