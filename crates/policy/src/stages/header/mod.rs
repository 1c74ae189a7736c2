//! header-policy: request and response headers: require, forbid, change.

#[cfg(not(target_arch = "wasm32"))]
mod describe;
mod document;
mod edit;
mod preset;

use crate::decision::{Answer, Decision, Filter, LocalReply, NoTrace, Reason, Report, RuleResult, Trace};
use crate::http::{Headers, Request};
use crate::stages::Stage;
use crate::stages::index::RuleIndex;
use crate::stages::parts::{Asked, Parts};
use crate::vocabulary::{DenyResponse, Field, Mode};
use document::{HeaderLimits, HeaderRuleMatch, Preset, Rule, SingleName, Underscores};

pub use document::HeaderPolicy;
pub(super) use document::ValidatedHeaderPolicy;

const FILTER: Filter = Filter::HeaderPolicy;

/// The stage of header-policy.
#[derive(Debug)]
pub struct HeaderStage {
    mode: Mode,
    malformed_mode: Mode,
    limits: HeaderLimits,
    underscores: Underscores,
    edge_sanitize: bool,
    security_response: bool,
    rules: Vec<Rule>,
    index: RuleIndex,
    asked: Asked,
    response: Option<DenyResponse>,
}

/// The places of the rules that change the response.
pub type Matched = Vec<usize>;

impl Stage for HeaderStage {
    type Document = ValidatedHeaderPolicy;
    type ResponseState = Matched;

    fn filters(&self) -> Vec<Filter> {
        vec![FILTER]
    }

    fn compile(ValidatedHeaderPolicy(document): ValidatedHeaderPolicy) -> Self {
        let HeaderPolicy { mode, limits, underscores, presets, rules, response } = document;
        let rules = rules.0;
        Self {
            mode,
            malformed_mode: mode.of_malformed(rules.iter().map(|rule| rule.mode)),
            limits,
            underscores,
            edge_sanitize: presets.contains(&Preset::EdgeSanitize) && mode == Mode::Enforce,
            security_response: presets.contains(&Preset::SecurityResponse) && mode == Mode::Enforce,
            index: RuleIndex::new(rules.iter().map(|rule| &rule.matches.request)),
            asked: Asked::by(rules.iter().map(|rule| &rule.matches.request)),
            rules,
            response,
        }
    }

    fn on_request<'a, T: Trace>(
        &self,
        request: &mut Request<'a>,
        memory: &mut Matched,
        report: &mut Report<T>,
    ) -> Result<(), Box<Answer>> {
        if self.mode == Mode::Off {
            return Ok(());
        }
        report.enter(FILTER);
        if let Some(reason) = self.exceeded(&request.headers) {
            report.end(self.denial(request, None, reason))?;
        }
        let parts = match self.asked.read(request) {
            Ok(parts) => parts,
            Err(reason) => {
                let answer = self.denial(request, None, reason);
                return report.end(Answer { mode: self.malformed_mode, ..answer });
            }
        };
        self.sanitize(request);
        for place in self.index.candidates::<T>(parts.host(), parts.readings()) {
            let Some(rule) = self.rules.get(place) else { continue };
            let tried = Self::try_rule(rule, request, &parts);
            report.record_rule(FILTER, &rule.name, None, tried);
            match tried {
                RuleResult::Matched => self.check(request, rule, report)?,
                RuleResult::Shadowed => {
                    report.shadow_match(FILTER, &rule.name);
                    self.check(request, rule, report)?;
                }
                RuleResult::Missed(_) | RuleResult::Off => {}
            }
            if tried == RuleResult::Matched && self.mode.of_rule(rule.mode) == Mode::Enforce {
                rule.request.apply(&mut request.headers);
                if !rule.response.is_empty() {
                    memory.push(place);
                }
            }
        }
        Ok(())
    }

    fn on_answer(&self, request: &Request<'_>, memory: &mut Matched) {
        if self.mode == Mode::Off {
            return;
        }
        let before = memory.clone();
        // Without a path or a host that can be read, the rules that ask for them do not match.
        let parts = self.asked.read(request).unwrap_or_default();
        let applies = |place: usize| {
            let rule = self.rules.get(place)?;
            let matched = Self::try_rule(rule, request, &parts) == RuleResult::Matched;
            (matched && self.mode.of_rule(rule.mode) == Mode::Enforce && !rule.response.is_empty())
                .then_some(place)
        };
        // What matched before the denial did so on the headers as they were then.
        let candidates = self.index.candidates::<NoTrace>(parts.host(), parts.readings());
        let further: Vec<usize> = candidates.into_iter().filter_map(applies).collect();
        memory.extend(further.into_iter().filter(|place| !before.contains(place)));
    }

    fn responds(&self, memory: &Matched) -> bool {
        self.security_response || !memory.is_empty()
    }

    fn on_response(&self, memory: &Matched, headers: &mut Headers<'_>) {
        for rule in memory.iter().filter_map(|place| self.rules.get(*place)) {
            rule.response.apply(headers);
        }
        if self.security_response {
            preset::security_response(headers);
        }
    }
}

impl HeaderStage {
    /// The limit that the headers exceed, or the underscore that they may not have.
    fn exceeded(&self, headers: &Headers<'_>) -> Option<Reason> {
        let HeaderLimits { max_count, max_value_bytes, max_total_bytes } = self.limits;
        let rejects = self.underscores == Underscores::Reject;
        let (mut count, mut total, mut longest, mut underscore) = (0, 0, 0, false);
        for (name, value) in headers.fields() {
            count += 1;
            total += name.len() + value.len();
            longest = longest.max(value.len());
            underscore |= rejects && name.contains(&b'_');
        }
        if count > max_count {
            Some(Reason::TOO_MANY_HEADERS)
        } else if longest > max_value_bytes {
            Some(Reason::HEADER_TOO_LONG)
        } else if total > max_total_bytes {
            Some(Reason::HEADERS_TOO_LARGE)
        } else {
            underscore.then_some(Reason::UNDERSCORE)
        }
    }

    /// Makes the edits that go before the rules.
    fn sanitize(&self, request: &mut Request<'_>) {
        if self.underscores == Underscores::Remove && self.mode == Mode::Enforce {
            request.headers.remove_names_with(b'_');
        }
        if self.edge_sanitize {
            preset::edge_sanitize(&mut request.headers);
        }
    }

    /// Whether a rule matches the request, in any reading of its path.
    fn try_rule(rule: &Rule, request: &Request<'_>, parts: &Parts<'_>) -> RuleResult {
        let HeaderRuleMatch { request: matches, claims } = &rule.matches;
        let mut attempt = matches.attempt(parts.subject(request));
        let claimed = claims.as_ref().is_none_or(|wanted| {
            request.claims.as_ref().is_some_and(|claims| wanted.0.iter().all(|claim| claim.matches(claims)))
        });
        RuleResult::of(rule.mode, || {
            if !claimed {
                return Some(Field::Claims);
            }
            let mut readings = parts.readings();
            // Of several readings the canonical one says why.
            let canonical = attempt.first_mismatch(readings.next().flatten())?;
            readings
                .map(|reading| attempt.first_mismatch(reading))
                .find(Option::is_none)
                .unwrap_or(Some(canonical))
        })
    }

    /// Holds the request against what the rule requires and forbids.
    fn check<T: Trace>(
        &self,
        request: &Request<'_>,
        rule: &Rule,
        report: &mut Report<T>,
    ) -> Result<(), Box<Answer>> {
        let headers = &request.headers;
        if !rule.require.iter().all(|required| required.matches(headers)) {
            report.end(self.denial(request, Some(rule), Reason::HEADER_REQUIRED))?;
        }
        if rule.forbid.iter().any(|forbidden| forbidden.matches(headers)) {
            report.end(self.denial(request, Some(rule), Reason::HEADER_FORBIDDEN))?;
        }
        if rule.single.iter().any(|name| is_repeated(name, headers)) {
            report.end(self.denial(request, Some(rule), Reason::HEADER_REPEATED))?;
        }
        Ok(())
    }

    fn denial(&self, request: &Request<'_>, rule: Option<&Rule>, reason: Reason) -> Answer {
        let response = rule.and_then(|rule| rule.deny_response.as_ref()).or(self.response.as_ref());
        let own = response.and_then(|response| response.status).filter(|_| reason.is_policy());
        Answer {
            decision: Decision::Deny,
            filter: FILTER,
            rule: rule.map(|rule| rule.name.clone()),
            reason,
            mode: self.mode.of_rule(rule.and_then(|rule| rule.mode)),
            reading: None,
            reply: LocalReply::denied(own.map_or(reason.status(), |own| own.0), response, request.is_grpc()),
        }
    }
}

/// Whether the header has more than one value.
fn is_repeated(name: &SingleName, headers: &Headers<'_>) -> bool {
    // Envoy joins two lines of these with a comma, which can be part of credentials too: whoever asks for a single
    // one does not mean those.
    let commas = |name| headers.values(name).any(|value| value.contains(&b','));
    match name {
        SingleName::Host => {
            headers.values(":authority").chain(headers.values("host")).nth(1).is_some()
                || commas(":authority")
        }
        SingleName::Header(name) => {
            let name = name.as_str();
            headers.values(name).nth(1).is_some() || (name == "authorization" && commas(name))
        }
    }
}
