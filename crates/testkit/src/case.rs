//! Cases as HTTP requests, and responses as observations.

use crate::http::{Request, Response};
use crate::upstream;
use cases::{Case, Observed, Protocol, ShadowDecision};
use policy::decision::Filter;
use std::collections::BTreeMap;

/// Returns the request of a case.
pub fn request(case: &Case, protocol: Protocol) -> Result<Request, String> {
    let host = cases::unescape(&case.host)?;
    Ok(Request {
        method: case.method().as_bytes().to_vec(),
        target: case.target()?,
        authority: (!host.is_empty()).then_some(host),
        version: if protocol == Protocol::Http10 { "HTTP/1.0" } else { "HTTP/1.1" },
        lines: case.lines()?,
    })
}

/// Returns a request of the engine as it is sent.
pub fn sent(request: &cases::Request) -> Request {
    Request {
        method: request.method.clone(),
        target: request.target.clone(),
        authority: request.host.clone(),
        version: "HTTP/1.1",
        lines: request.headers.clone(),
    }
}

/// Returns a request of the engine as text.
pub fn line(request: &cases::Request) -> String {
    let lines =
        request.lines().map(|(name, value)| format!("{}={}", name.escape_ascii(), value.escape_ascii()));
    lines.collect::<Vec<_>>().join(" ")
}

/// Reads an observation from the response of a proxy that adds `x-details` and `x-state-…` (see `bootstrap`).
pub fn observed(request: &Request, response: Response) -> Observed {
    let details = response.text("x-details");
    let shadowed = shadowed(&response);
    if details.is_empty() {
        let head = !matches!(request.method.as_slice(), b"HEAD" | b"CONNECT");
        let from_upstream = response.status == 200;
        return Observed {
            decision: if from_upstream { "allow" } else { "deny" }.to_owned(),
            status: response.status,
            upstream: (head && from_upstream).then(|| upstream::parse_echo(&response.body)),
            headers: response.headers,
            shadowed,
            ..Observed::default()
        };
    }
    let (rule, reason) = parse_details(&details);
    let has_body = response.header("grpc-status").is_none() && request.method != b"HEAD";
    Observed {
        decision: if response.header("location").is_some() { "redirect" } else { "deny" }.to_owned(),
        status: response.status,
        rule: Some(rule),
        reason: Some(reason),
        body: has_body.then_some(response.body),
        headers: response.headers,
        ..Observed::default()
    }
}

/// Splits response code details such as `ringfence_path_policy_denied{admin}` into rule and reason. Details of other origin are
/// returned whole, as the reason.
pub fn parse_details(details: &str) -> (Option<String>, String) {
    let (name, rule) = match details.split_once('{') {
        Some((name, rule)) => (name, Some(rule.trim_end_matches('}').to_owned())),
        None => (details, None),
    };
    let reason = Filter::ALL
        .iter()
        .find_map(|filter| name.strip_prefix("ringfence_")?.strip_prefix(filter.name())?.strip_prefix('_'));
    (rule, reason.unwrap_or(name).to_owned())
}

/// Reads the shadow decisions from the filter state, which holds the last one of each filter.
fn shadowed(response: &Response) -> Option<Vec<ShadowDecision>> {
    let states = response.headers.iter().filter(|(name, _)| name.starts_with("x-state-"));
    let decision = |value: &[u8]| {
        let state = String::from_utf8_lossy(value);
        let fields: BTreeMap<_, _> = state.split(';').filter_map(|field| field.split_once('=')).collect();
        let field = |name| fields.get(name).filter(|value| !value.is_empty()).map(ToString::to_string);
        Some(ShadowDecision { rule: field("rule"), reason: field("reason")?.to_owned() })
    };
    let decisions: Vec<_> = states.filter_map(|(_, value)| decision(value)).collect();
    (!decisions.is_empty()).then_some(decisions)
}
