//! A decision on a request, with every step that led to it.

use crate::HeaderLine;
use policy::decision::{Ambiguity, Answer, Decision, Filter, Report, RuleResult, Step};
use policy::http::{Headers, Normalize, PathLimits, Request};
use policy::vocabulary::RuleName;
use policy::{Outcome, Stage};

/// A decision on a request, with every step that led to it.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The denial or redirect; `None` for an allowed request.
    pub answer: Option<Answer>,
    /// The readings of the path that path-policy decided on, the canonical path first.
    pub readings: Vec<String>,
    /// The readings of the path after a rewrite of path-policy, which the later filters decide on; empty without a rewrite.
    pub rewritten: Vec<String>,
    /// Why the new path of a redirect or rewrite of path-policy is ambiguous.
    pub ambiguous: Option<Ambiguity>,
    /// The rules that were tried, in order.
    pub tried: Vec<TriedRule>,
    /// The shadowed denials and redirects: shadow mode reports them, and the request passes.
    pub shadowed: Vec<Answer>,
    /// The filters that the request passed through.
    pub entered: Vec<Filter>,
    /// The header lines at the end of the decision, with pseudo-headers.
    pub lines: Vec<HeaderLine>,
    /// The header lines that the upstream gets, with pseudo-headers; `None` if the request was not allowed.
    pub upstream: Option<Vec<HeaderLine>>,
    /// The header of the response that the client gets.
    pub response: Vec<HeaderLine>,
    /// True if the request was denied because keys are not fetched yet.
    pub awaits_keys: bool,
}

/// A rule that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriedRule {
    /// The filter of the rule.
    pub filter: Filter,
    /// The name of the rule.
    pub rule: String,
    /// The reading of the path, if any.
    pub reading: Option<String>,
    /// The result.
    pub result: RuleResult,
}

impl Decided {
    /// Collects the result of a decision; `response` is the header of the upstream's response.
    pub(crate) fn new<S: Stage>(
        stage: &S,
        outcome: Outcome<'_, S, Vec<Step>>,
        response: &[(&str, &str)],
    ) -> Self {
        let Outcome { answer, request, response_state, report } = outcome;
        let Report { shadowed, entered, tokens, trace, .. } = report;
        let (mut readings, mut tried, mut ambiguous) = (Vec::new(), Vec::new(), None);
        for step in trace {
            match step {
                Step::Path(found) => readings = found,
                Step::Rule { filter, rule, reading, tried: result } => {
                    tried.push(TriedRule { filter, rule, reading, result });
                }
                Step::Ambiguous(found) => ambiguous = Some(found),
            }
        }
        let lines = match &answer {
            Some(answer) => reply_headers(answer),
            None => response.iter().map(|(n, v)| (n.as_bytes().to_vec(), v.as_bytes().to_vec())).collect(),
        };
        let mut response =
            Headers::new(lines.iter().map(|(name, value)| (name.as_slice(), value.as_slice())));
        stage.on_response(&response_state, &mut response);
        let is_after_rewrite =
            answer.as_ref().is_none_or(|answer| precedes(Filter::PathPolicy, answer.filter));
        let rewritten = request.as_ref().filter(|_| is_after_rewrite && !readings.is_empty());
        let rewritten = rewritten.and_then(new_readings).filter(|new| *new != readings).unwrap_or_default();
        // Blanks around a value are removed in transit (RFC 9110, section 5.5); those of a target are not.
        let in_transit = |(name, value): (&[u8], &[u8])| {
            let value = if name.starts_with(b":") { value } else { value.trim_ascii() };
            (name.to_vec(), value.to_vec())
        };
        let lines: Vec<HeaderLine> =
            request.iter().flat_map(|request| request.headers.lines()).map(in_transit).collect();
        let upstream = (answer.is_none() && request.is_some()).then(|| lines.clone());
        Self {
            answer: answer.map(|answer| *answer),
            readings,
            rewritten,
            ambiguous,
            tried,
            shadowed,
            entered: entered.iter().filter(|(_, seen)| **seen).map(|(filter, _)| filter).collect(),
            lines,
            upstream,
            response: response.lines().map(|(name, value)| (name.to_vec(), value.to_vec())).collect(),
            awaits_keys: tokens.awaits_keys,
        }
    }

    /// Returns the decision.
    pub fn decision(&self) -> Decision {
        self.answer.as_ref().map_or(Decision::Allow, |answer| answer.decision)
    }

    /// Returns the status that the client sees; for an allowed request 200, in place of the upstream's.
    pub fn status(&self) -> u16 {
        self.answer.as_ref().map_or(200, |answer| answer.reply.seen_status())
    }

    /// Returns the rule that denied or redirected the request or, if it was allowed, the last rule that matched.
    pub fn decider(&self) -> Option<(Filter, &str)> {
        if let Some(answer) = &self.answer {
            return answer.rule.as_ref().map(|rule| (answer.filter, rule.as_str()));
        }
        self.matched().last()
    }

    /// Returns the rules that matched, in order; if the path has several readings, those of the canonical path.
    pub fn matched(&self) -> impl DoubleEndedIterator<Item = (Filter, &str)> {
        let first = || self.tried.iter().find_map(|tried| tried.reading.as_ref());
        let canonical = self.readings.first().or_else(first);
        let rewritten = self.rewritten.first().or(canonical);
        let matched = move |tried: &&TriedRule| {
            let reading = tried.reading.as_ref();
            let canonical = if precedes(Filter::PathPolicy, tried.filter) { rewritten } else { canonical };
            tried.result == RuleResult::Matched && (reading.is_none() || reading == canonical)
        };
        self.tried.iter().filter(matched).map(|tried| (tried.filter, tried.rule.as_str()))
    }

    /// Returns the rules that made the decision: the rule that denied or redirected the request or, if it was allowed,
    /// each rule that allowed it. Rules of header-policy are left out: they deny, but do not allow. So are rules that deny in
    /// shadow mode.
    pub fn by(&self) -> Vec<(Filter, Option<&str>)> {
        match &self.answer {
            Some(answer) => vec![(answer.filter, answer.rule.as_ref().map(RuleName::as_str))],
            None => {
                let is_shadowed = |rule: &(Filter, &str)| {
                    self.shadowed.iter().any(|answer| {
                        answer.filter == rule.0
                            && answer.rule.as_ref().is_some_and(|name| name.as_str() == rule.1)
                    })
                };
                let allowing =
                    self.matched().filter(|rule| rule.0 != Filter::HeaderPolicy && !is_shadowed(rule));
                allowing.map(|(filter, rule)| (filter, Some(rule))).collect()
            }
        }
    }

    /// Returns the body of a local reply. A gRPC reply has none: its message is in a header.
    pub fn body(&self) -> Option<&[u8]> {
        let reply = &self.answer.as_ref()?.reply;
        reply.grpc.is_none().then_some(reply.body.as_slice())
    }
}

/// Returns true if a request passes the first filter before the second.
pub fn precedes(first: Filter, second: Filter) -> bool {
    let mut from_first = Filter::ALL.into_iter().skip_while(|filter| *filter != first);
    from_first.next().is_some() && from_first.any(|filter| filter == second)
}

/// Returns the readings of the path that a request has after a stage changed its target; `None` if it is unchanged.
fn new_readings(request: &Request<'_>) -> Option<Vec<String>> {
    let target = request.headers.values(":path").next();
    let path = request.path(&Normalize::default(), &PathLimits::default()).ok().flatten()?;
    (target != request.target()).then(|| path.readings().map(str::to_owned).collect())
}

/// Returns the header of a local reply; for gRPC that of a trailers-only response.
fn reply_headers(answer: &Answer) -> Vec<HeaderLine> {
    let reply = &answer.reply;
    let mut headers: Vec<HeaderLine> =
        reply.headers.iter().map(|(name, value)| (name.clone().into_bytes(), value.clone())).collect();
    if let Some(status) = reply.grpc {
        headers.push((b"content-type".to_vec(), b"application/grpc".to_vec()));
        headers.push((b"grpc-status".to_vec(), status.to_string().into_bytes()));
        headers.push((b"grpc-message".to_vec(), reply.body.clone()));
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::precedes;
    use policy::Stage;
    use policy::stages::Ringfence;
    use std::collections::BTreeMap;

    #[test]
    fn the_order_of_the_filters_is_that_of_the_stages() {
        let policy = br#"{"vhost": {"hosts": []}, "path": {"default": "deny"}, "header": {},
            "token": {"rules": [], "providers": {"a": {"issuer": "a", "algorithms": ["ES256"],
                "jwks": {"remote": {"cluster": "a", "uri": "https://a.example/"}}}}}}"#;
        let filters = policy::load::<Ringfence>(policy).unwrap().filters();
        assert_eq!(filters.len(), 4);
        let places: BTreeMap<&str, usize> = filters.iter().map(|filter| filter.name()).zip(0..).collect();
        for (one, two) in filters.iter().flat_map(|one| filters.iter().map(move |two| (*one, *two))) {
            assert_eq!(precedes(one, two), places[one.name()] < places[two.name()], "{one:?} {two:?}");
        }
    }
}
