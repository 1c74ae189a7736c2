//! header-policy: requires, forbids and edits request and response headers.

mod document;
mod edit;
mod preset;

use crate::decision::{Answer, Filter, Reason, Report, RuleResult, Trace};
use crate::http::{Budget, HeaderIndex, HeaderPrefixes, Headers, Needs, Request, is_irregular};
use crate::stages::enforcement::{Enforcement, RuleHead};
use crate::stages::rule_inputs::RuleInputs;
use crate::stages::rule_set::{self, Rule as _, RuleSet};
use crate::stages::stage::Stage;
use crate::vocabulary::{Field, HeaderMatch, Mode, RequestMatch, Sense};
use document::{HeaderLimits, HeaderRuleMatch, Names, Preset, Rule, SingleName, Underscores};
use preset::Reserved;

pub use document::HeaderPolicy;

const FILTER: Filter = Filter::HeaderPolicy;

/// The stage of header-policy.
#[derive(Debug)]
pub struct HeaderStage {
    enforcement: Enforcement,
    limits: HeaderLimits,
    underscores: Underscores,
    /// Whether the rules compare names by their spellings.
    spellings: bool,
    /// The headers that `edgeSanitize` removes.
    reserved: Option<Reserved>,
    security_response: bool,
    /// The names of request headers that enforced rules count or change.
    own_names: HeaderIndex,
    /// The prefixes of names that enforced rules remove.
    own_prefixes: HeaderPrefixes,
    rules: RuleSet<Rule>,
}

/// The indexes of the rules that change the response: in order, and after a denial those that it adds.
pub type ResponseRules = Vec<usize>;

impl rule_set::Rule for Rule {
    const FILTER: Filter = FILTER;

    fn head(&self) -> RuleHead<'_> {
        RuleHead { name: &self.name, mode: self.mode, response: self.deny_response.as_ref() }
    }

    fn matches(&self) -> &RequestMatch {
        &self.matches.request
    }

    fn matches_mut(&mut self) -> &mut RequestMatch {
        &mut self.matches.request
    }

    fn further_headers(&self) -> impl Iterator<Item = &HeaderMatch> {
        self.require.iter().chain(&self.forbid)
    }

    fn further_names(&self) -> usize {
        self.single.len()
    }

    // A rule denies, or edits: it applies to each spelling.
    fn sense(&self) -> Sense {
        Sense::Restrict
    }
}

impl Rule {
    /// Adds the names of the request headers that the rule counts or changes, and the prefixes of such names.
    fn add_names(&self, names: &mut HeaderIndex, prefixes: &mut HeaderPrefixes) {
        for single in &self.single {
            if let SingleName::Header(name) = single {
                names.add(name.as_str());
            }
        }
        self.request.add_names(names, prefixes);
    }
}

impl Stage for HeaderStage {
    type Document = HeaderPolicy;
    type ResponseState = ResponseRules;

    fn filters(&self) -> Vec<Filter> {
        vec![FILTER]
    }

    fn compile(document: HeaderPolicy) -> Self {
        let HeaderPolicy { mode, limits, underscores, names, presets, rules, response } = document;
        let rules = RuleSet::new(rules);
        let has_preset = |preset| presets.contains(&preset) && mode == Mode::Enforce;
        let enforcement = Enforcement::new(FILTER, mode, rules.modes(), response);
        let (mut own_names, mut own_prefixes) = (HeaderIndex::default(), HeaderPrefixes::default());
        for rule in rules.iter().filter(|rule| enforcement.is_enforced(rule.head())) {
            rule.add_names(&mut own_names, &mut own_prefixes);
        }
        Self {
            enforcement,
            limits,
            underscores,
            spellings: names == Names::Equivalent,
            reserved: has_preset(Preset::EdgeSanitize).then(Reserved::new),
            security_response: has_preset(Preset::SecurityResponse),
            own_names,
            own_prefixes,
            rules,
        }
    }

    fn needs(&self) -> Needs {
        self.rules.needs()
    }

    fn removes_trailer(&self, name: &[u8]) -> bool {
        let is_mode = self.enforcement.mode() == Mode::Enforce;
        self.enforcement.removes_trailer(name)
            || self.rules.use_header(name, &self.enforcement)
            || is_mode && self.underscores != Underscores::Allow && is_irregular(name)
            || self.reserved.as_ref().is_some_and(|reserved| reserved.contain(name))
            || self.own_names.contain(name)
            || self.own_prefixes.contain(name)
    }

    fn on_request<'a, T: Trace>(
        &self,
        request: &mut Request<'a>,
        response_rules: &mut ResponseRules,
        report: &mut Report<T>,
    ) -> Result<(), Box<Answer>> {
        if !self.enforcement.enter(report) {
            return Ok(());
        }
        if let Some(reason) = self.limit_exceeded(&request.headers) {
            report.end(self.enforcement.denial(request, None, reason))?;
        }
        let inputs = match self.rules.read::<T>(request) {
            Ok(inputs) => inputs,
            Err(reason) => return report.end(self.enforcement.malformed(request, reason)),
        };
        self.enforcement.forward(request, inputs.authority.as_ref());
        self.sanitize(request);
        for (index, rule) in self.rules.candidates(&inputs) {
            let result = Self::try_rule(rule, request, &inputs);
            report.record_rule(FILTER, &rule.name, None, result);
            if matches!(result, RuleResult::Matched | RuleResult::Shadowed) {
                self.check_headers(request, rule, report)?;
            }
            if result == RuleResult::Matched && self.enforcement.is_enforced(rule.head()) {
                let (headers, budget) = (&mut request.headers, &request.budget);
                let claimed = rule.request.claim_names(headers, budget);
                let edited = claimed.and_then(|()| rule.request.apply(headers, self.spellings, budget));
                if let Err(reason) = edited {
                    report.end(self.enforcement.denial(request, Some(rule.head()), reason))?;
                }
                if !rule.response.is_empty() {
                    response_rules.push(index);
                }
            }
        }
        Ok(())
    }

    fn on_answer(&self, request: &Request<'_>, response_rules: &mut ResponseRules) {
        if self.enforcement.mode() == Mode::Off {
            return;
        }
        // These rules have matched already and are not tried again: later edits may have changed the headers.
        let before = response_rules.clone();
        let inputs = self.rules.read_denied(request);
        for (index, rule) in self.rules.candidates(&inputs) {
            let changes_response = !rule.response.is_empty() && self.enforcement.is_enforced(rule.head());
            if changes_response
                && before.binary_search(&index).is_err()
                && Self::try_rule(rule, request, &inputs) == RuleResult::Matched
            {
                response_rules.push(index);
            }
        }
    }

    fn responds(&self, response_rules: &ResponseRules) -> bool {
        self.security_response || !response_rules.is_empty()
    }

    fn on_response(&self, response_rules: &ResponseRules, headers: &mut Headers<'_>) {
        for rule in response_rules.iter().filter_map(|index| self.rules.get(*index)) {
            // A response cannot be denied, and its budget is unlimited.
            let _ = rule.response.apply(headers, false, &Budget::unlimited());
        }
        if self.security_response {
            preset::security_response(headers);
        }
    }
}

impl HeaderStage {
    /// Returns the reason if the headers exceed a limit or have a name with a rejected byte.
    fn limit_exceeded(&self, headers: &Headers<'_>) -> Option<Reason> {
        let HeaderLimits { max_count, max_value_bytes, max_total_bytes } = self.limits;
        let rejects = self.underscores == Underscores::Reject;
        let (mut count, mut total, mut longest, mut irregular) = (0, 0, 0, false);
        for (name, value) in headers.fields() {
            count += 1;
            total += name.len() + value.len();
            longest = longest.max(value.len());
            irregular |= rejects && is_irregular(name);
        }
        if count > max_count {
            Some(Reason::TOO_MANY_HEADERS)
        } else if longest > max_value_bytes {
            Some(Reason::HEADER_TOO_LONG)
        } else if total > max_total_bytes {
            Some(Reason::HEADERS_TOO_LARGE)
        } else {
            irregular.then_some(Reason::UNDERSCORE)
        }
    }

    /// Applies the edits that precede the rules.
    fn sanitize(&self, request: &mut Request<'_>) {
        if self.underscores == Underscores::Remove && self.enforcement.mode() == Mode::Enforce {
            request.headers.remove(is_irregular);
        }
        if let Some(reserved) = &self.reserved {
            request.headers.remove(|name| reserved.contain(name));
        }
    }

    /// Tries a rule on every reading of the path; it matches if it matches one of them.
    fn try_rule(rule: &Rule, request: &Request<'_>, inputs: &RuleInputs<'_>) -> RuleResult {
        let HeaderRuleMatch { request: matches, claims } = &rule.matches;
        let mut attempt = matches.attempt(inputs.match_input(request, rule.sense()));
        let has_claims = claims.as_ref().is_none_or(|required| {
            request.claims.as_ref().is_some_and(|claims| required.iter().all(|claim| claim.matches(claims)))
        });
        RuleResult::of(rule.mode, || {
            if !has_claims {
                return Some(Field::Claims);
            }
            let mut readings = inputs.readings();
            // The canonical path explains why no reading matches.
            let canonical = attempt.first_mismatch(readings.next().flatten())?;
            readings
                .map(|reading| attempt.first_mismatch(reading))
                .find(Option::is_none)
                .unwrap_or(Some(canonical))
        })
    }

    /// Checks the headers that a rule requires and forbids.
    fn check_headers<T: Trace>(
        &self,
        request: &Request<'_>,
        rule: &Rule,
        report: &mut Report<T>,
    ) -> Result<(), Box<Answer>> {
        let headers = &request.headers;
        let denial = |reason| self.enforcement.denial(request, Some(rule.head()), reason);
        if !rule.require.iter().all(|required| required.matches_always(headers, self.spellings)) {
            report.end(denial(Reason::HEADER_REQUIRED))?;
        }
        if rule.forbid.iter().any(|forbidden| forbidden.matches_once(headers, self.spellings)) {
            report.end(denial(Reason::HEADER_FORBIDDEN))?;
        }
        if rule.single.iter().any(|name| is_repeated(name, headers, self.spellings)) {
            report.end(denial(Reason::HEADER_REPEATED))?;
        }
        Ok(())
    }
}

fn is_repeated(name: &SingleName, headers: &Headers<'_>, spellings: bool) -> bool {
    // Envoy joins two lines of these headers with a comma. Credentials may contain a comma too; `single` denies such
    // values.
    let commas = |name| headers.values(name).any(|value| value.contains(&b','));
    match name {
        SingleName::Host => {
            headers.values(":authority").chain(headers.values("host")).nth(1).is_some()
                || commas(":authority")
        }
        SingleName::Header(name) => {
            let name = name.as_str();
            headers.values(name).nth(1).is_some()
                || (spellings && headers.spelled_values(name).nth(1).is_some())
                || (name == "authorization" && commas(name))
        }
    }
}
