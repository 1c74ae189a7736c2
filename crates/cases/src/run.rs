//! Evaluates cases with the engine.

use crate::case::{Case, CaseFile, ShadowDecision};
use crate::compare::{Observed, SeenUpstream};
use inspect::{Decided, HeaderLine};
use policy::decision::Answer;

/// The header of the response that the upstream of every runner sends.
pub const UPSTREAM_RESPONSE: [(&str, &str); 3] =
    [("content-type", "text/plain"), ("server", "upstream"), ("x-powered-by", "upstream")];

/// Evaluates a case with the engine.
///
/// # Errors
/// Returns why the case or the policy is invalid.
pub fn run(file: &CaseFile, case: &Case) -> Result<Observed, String> {
    let policy = file
        .load()
        .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    let decided = policy.decide(&case.as_request()?, inspect::now(), &UPSTREAM_RESPONSE);
    Ok(Observed::from(&decided))
}

impl From<&Decided> for Observed {
    fn from(decided: &Decided) -> Self {
        let text = |(name, value): &HeaderLine| (String::from_utf8_lossy(name).into_owned(), value.clone());
        let answer = decided.answer.as_ref();
        Self {
            decision: decided.decision().name().to_owned(),
            status: decided.status(),
            rule: Some(decided.decider().map(|(_, rule)| rule.to_owned())),
            reason: answer.map(|answer| answer.reason.name().to_owned()),
            reading: answer.map(|answer| answer.reading.clone()),
            headers: decided.response.iter().map(text).collect(),
            body: decided.body().map(<[u8]>::to_vec),
            upstream: decided.upstream.as_deref().map(upstream),
            shadowed: Some(decided.shadowed.iter().map(shadow_decision).collect()),
        }
    }
}

fn shadow_decision(answer: &Answer) -> ShadowDecision {
    ShadowDecision {
        rule: answer.rule.as_ref().map(ToString::to_string),
        reason: answer.reason.name().to_owned(),
    }
}

fn upstream(lines: &[HeaderLine]) -> SeenUpstream {
    let find = |own: &[u8]| lines.iter().find(|(name, _)| name == own).map(|(_, value)| value.clone());
    let fields = lines.iter().filter(|(name, _)| !name.starts_with(b":"));
    SeenUpstream {
        authority: find(b":authority").unwrap_or_default(),
        target: find(b":path").unwrap_or_default(),
        headers: fields.cloned().collect(),
    }
}
