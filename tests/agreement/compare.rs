//! Decisions of the engine, and their comparison with those of Envoy.

use anyhow::{Result, ensure};
use cases::{Observed, Request, UPSTREAM_RESPONSE};
use inspect::{HeaderLine, Policy};
use std::collections::BTreeMap;

/// The headers of a response that are compared; Envoy adds others.
const RESPONSE: [&str; 5] = ["location", "content-type", "www-authenticate", "x-served", "allow"];

/// Decides about a request with each policy in turn; each gets the request that the one before it forwards.
pub fn decide(policies: &[Box<dyn Policy>], request: &Request) -> Observed {
    let mut request = request.clone();
    let mut observed = Observed::default();
    for policy in policies {
        let decided = policy.decide(&request, inspect::now(), &UPSTREAM_RESPONSE);
        observed = Observed::from(&decided);
        let Some(lines) = decided.upstream else { break };
        request = forwarded(&request, lines);
    }
    observed
}

/// Returns the request with the header lines that a filter forwards.
fn forwarded(request: &Request, lines: Vec<HeaderLine>) -> Request {
    let (pseudo, headers): (Vec<HeaderLine>, Vec<HeaderLine>) =
        lines.into_iter().partition(|(name, _)| name.starts_with(b":"));
    let value = |name: &[u8]| pseudo.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone());
    Request { target: value(b":path"), host: value(b":authority"), headers, ..request.clone() }
}

/// Returns the differences, one per line.
pub fn differences(expected: &Observed, seen: &Observed) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |what: &str, expected: String, seen: String| {
        if expected != seen {
            found.push(format!("{what}: the engine has {expected}, Envoy {seen}"));
        }
    };
    compare("decision", expected.decision.clone(), seen.decision.clone());
    compare("status", expected.status.to_string(), seen.status.to_string());
    if expected.decision != "allow" {
        compare("rule", format!("{:?}", expected.rule), format!("{:?}", seen.rule));
        compare("reason", format!("{:?}", expected.reason), format!("{:?}", seen.reason));
        for name in RESPONSE {
            compare(name, response(expected, name), response(seen, name));
        }
    }
    compare("upstream", upstream(expected), upstream(seen));
    found
}

fn response(observed: &Observed, name: &str) -> String {
    let lines = observed.headers.iter().filter(|(other, _)| other == name);
    lines.map(|(_, value)| value.escape_ascii().to_string()).collect::<Vec<_>>().join(", ")
}

/// Returns the target and the headers that clients and policies write. Envoy joins the lines of some headers, and adds others.
fn upstream(observed: &Observed) -> String {
    let Some(upstream) = &observed.upstream else { return "no request".to_owned() };
    let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in &upstream.headers {
        let name = String::from_utf8_lossy(name).to_ascii_lowercase();
        let is_compared = ["authorization", "cookie", "accept"].contains(&&*name)
            || name.starts_with("x-") && !name.starts_with("x-envoy-") && !ADDED.contains(&&*name);
        if is_compared {
            headers.entry(name).or_default().push(value.escape_ascii().to_string());
        }
    }
    let headers = headers.into_iter().map(|(name, values)| format!("{name}: {}", values.join(",")));
    let target = upstream.target.escape_ascii().to_string();
    [target].into_iter().chain(headers).collect::<Vec<_>>().join("; ")
}

/// Headers that Envoy adds to every request.
const ADDED: [&str; 2] = ["x-forwarded-proto", "x-request-id"];

/// The numbers of decisions.
#[derive(Debug, Default)]
pub struct Counts {
    allowed: usize,
    denied: usize,
}

impl Counts {
    /// Counts a decision.
    pub fn add(&mut self, decided: &Observed) {
        let count = if decided.decision == "allow" { &mut self.allowed } else { &mut self.denied };
        *count += 1;
    }

    /// Checks that requests were allowed and denied.
    pub fn check(&self) -> Result<()> {
        let total = self.allowed + self.denied;
        ensure!(self.allowed.min(self.denied) * 50 > total, "few decisions differ: {self:?}");
        Ok(())
    }
}
