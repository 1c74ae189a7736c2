//! What came of a request, with every step on the way.

use crate::case::{HeaderLine, Withheld};
use crate::compare::{Observed, SeenUpstream};
use policy::decision::{Answer, Decision, Filter, Report, RuleResult, Step};
use policy::http::Headers;
use policy::vocabulary::RuleName;
use policy::{Outcome, Stage};

/// What came of a request.
#[derive(Debug, Clone)]
pub struct Decided {
    /// What ended it, if something did.
    pub answer: Option<Answer>,
    /// Each step on the way.
    pub steps: Vec<Step>,
    /// What shadow mode withheld.
    pub shadowed: Vec<Answer>,
    /// The rules in shadow that matched.
    pub matched_in_shadow: Vec<(Filter, RuleName)>,
    /// The filters that saw the request.
    pub entered: Vec<Filter>,
    /// The header lines that the upstream gets, pseudo-headers among them; nothing where the request ends here.
    pub upstream: Option<Vec<HeaderLine>>,
    /// The headers of the response that the client gets.
    pub response: Vec<HeaderLine>,
    /// Whether it was denied for want of keys that somebody has to fetch.
    pub awaits_keys: bool,
}

impl Decided {
    /// What an outcome says, once the stage has seen the response.
    pub(crate) fn of<S: Stage>(
        stage: &S,
        outcome: Outcome<'_, S, Vec<Step>>,
        answered: &[(&str, &str)],
    ) -> Self {
        let Outcome { answer, request, response_state, report } = outcome;
        let Report { shadowed, matched_in_shadow, entered, tokens, trace } = report;
        let lines = match &answer {
            Some(answer) => reply_headers(answer),
            None => answered.iter().map(|(n, v)| (n.as_bytes().to_vec(), v.as_bytes().to_vec())).collect(),
        };
        let mut response =
            Headers::new(lines.iter().map(|(name, value)| (name.as_slice(), value.as_slice())));
        stage.on_response(&response_state, &mut response);
        let upstream = request.filter(|_| answer.is_none());
        // Blanks around a value are cut on the way (RFC 9110, section 5.5); those of a target are its own.
        let arrives = |(name, value): (&[u8], &[u8])| {
            let value = if name.starts_with(b":") { value } else { value.trim_ascii() };
            (name.to_vec(), value.to_vec())
        };
        Self {
            answer: answer.map(|answer| *answer),
            steps: trace,
            shadowed,
            matched_in_shadow,
            entered: entered.iter().filter(|(_, seen)| **seen).map(|(filter, _)| filter).collect(),
            upstream: upstream.map(|request| request.headers.lines().map(arrives).collect()),
            response: response.lines().map(|(name, value)| (name.to_vec(), value.to_vec())).collect(),
            awaits_keys: tokens.awaits_keys,
        }
    }

    /// What was decided.
    pub fn decision(&self) -> Decision {
        self.answer.as_ref().map_or(Decision::Allow, |answer| answer.decision)
    }

    /// The status that the client sees; 200 stands for what the upstream answers.
    pub fn status(&self) -> u16 {
        self.answer.as_ref().map_or(200, |answer| answer.reply.seen_status())
    }

    /// The rule that denied or redirected, or, of an allowed request, the last that matched; with its filter.
    pub fn decider(&self) -> Option<(Filter, &str)> {
        if let Some(answer) = &self.answer {
            return answer.rule.as_ref().map(|rule| (answer.filter, rule.as_str()));
        }
        self.matched().last()
    }

    /// The rules that matched, in order; of a path with several readings those of the canonical one.
    pub fn matched(&self) -> impl DoubleEndedIterator<Item = (Filter, &str)> {
        let canonical = self.steps.iter().find_map(|step| match step {
            Step::Path(readings) => readings.first(),
            Step::Rule { reading, .. } => reading.as_ref(),
        });
        self.steps.iter().filter_map(move |step| match step {
            Step::Rule { filter, rule, reading, tried: RuleResult::Matched }
                if reading.is_none() || reading.as_ref() == canonical =>
            {
                Some((*filter, rule.as_str()))
            }
            _ => None,
        })
    }

    /// The rules that made the decision: the one that denied or redirected, or, of an allowed request, each that had to let
    /// it pass. A rule of header-policy lets nothing pass: it only does not deny.
    pub fn by(&self) -> Vec<(Filter, Option<&str>)> {
        match &self.answer {
            Some(answer) => vec![(answer.filter, answer.rule.as_ref().map(RuleName::as_str))],
            None => {
                let passing = self.matched().filter(|(filter, _)| *filter != Filter::HeaderPolicy);
                passing.map(|(filter, rule)| (filter, Some(rule))).collect()
            }
        }
    }

    /// The same as a runner observes it.
    pub fn observed(&self) -> Observed {
        let text = |(name, value): &HeaderLine| (String::from_utf8_lossy(name).into_owned(), value.clone());
        Observed {
            decision: self.decision().name().to_owned(),
            status: self.status(),
            rule: Some(self.decider().map(|(_, rule)| rule.to_owned())),
            reason: self.answer.as_ref().map(|answer| answer.reason.name().to_owned()),
            reading: self.answer.as_ref().map(|answer| answer.reading.clone()),
            headers: self.response.iter().map(text).collect(),
            body: self.body().map(<[u8]>::to_vec),
            upstream: self.upstream.as_deref().map(seen),
            shadowed: Some(self.shadowed.iter().map(withheld).collect()),
        }
    }

    /// The body of a response that no upstream made; that of gRPC is in a header.
    pub fn body(&self) -> Option<&[u8]> {
        let reply = &self.answer.as_ref()?.reply;
        reply.grpc.is_none().then_some(reply.body.as_slice())
    }
}

/// The headers of a reply; for gRPC those of a trailers-only response.
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

fn withheld(answer: &Answer) -> Withheld {
    Withheld { rule: answer.rule.as_ref().map(ToString::to_string), reason: answer.reason.name().to_owned() }
}

fn seen(lines: &[HeaderLine]) -> SeenUpstream {
    let target = lines.iter().find(|(name, _)| name == b":path").map(|(_, value)| value.clone());
    let fields = lines.iter().filter(|(name, _)| !name.starts_with(b":"));
    SeenUpstream { target: target.unwrap_or_default(), headers: fields.cloned().collect() }
}
