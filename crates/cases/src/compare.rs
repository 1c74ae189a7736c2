//! The comparison of an observed decision with the expected one.

use crate::case::{Expected, ShadowDecision, Upstream};
use inspect::unescape;
use serde::Serialize;

/// A decision as a runner observes it.
#[derive(Debug, Clone, Default)]
pub struct Observed {
    /// `allow`, `deny` or `redirect`.
    pub decision: String,
    /// The status that the client sees.
    pub status: u16,
    /// The rule that decided; absent if the runner cannot observe it.
    pub rule: Option<Option<String>>,
    /// The reason.
    pub reason: Option<String>,
    /// The reading of the path that was denied; absent if the runner cannot observe it.
    pub reading: Option<Option<String>>,
    /// The header of the response.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body of a local reply.
    pub body: Option<Vec<u8>>,
    /// The request that the upstream got.
    pub upstream: Option<SeenUpstream>,
    /// The shadowed decisions; absent if the runner cannot observe all of them.
    pub shadowed: Option<Vec<ShadowDecision>>,
}

/// The request that the upstream got.
#[derive(Debug, Clone, Default)]
pub struct SeenUpstream {
    /// The authority.
    pub authority: Vec<u8>,
    /// The target.
    pub target: Vec<u8>,
    /// The header lines.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
}

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The name of the field, such as `status` or `header location`.
    pub what: String,
    /// The expected value.
    pub expected: String,
    /// The observed value.
    pub observed: String,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: expected {}, got {}", self.what, self.expected, self.observed)
    }
}

impl Expected {
    /// Returns the fields in which the observed decision differs.
    pub fn differences(&self, observed: &Observed) -> Vec<Difference> {
        let mut found = Differences(Vec::new());
        found.compare("decision", &self.decision, &observed.decision);
        let default = (self.decision == "allow").then_some(200);
        if let Some(status) = self.status.or(default) {
            found.compare("status", &status, &observed.status);
        }
        if self.decision != "allow" {
            found.options("reason", self.reason.as_deref(), observed.reason.as_deref());
        }
        if let (Some(rule), Some(seen)) = (&self.rule, &observed.rule) {
            found.options("rule", Some(rule.as_str()), seen.as_deref());
        }
        if let (Some(reading), Some(seen)) = (&self.reading, &observed.reading) {
            found.options("reading", Some(reading.as_str()), seen.as_deref());
        }
        for (name, expected) in &self.headers {
            let seen = observed.headers.iter().find(|(other, _)| other == name);
            let seen = seen.map(|(_, value)| String::from_utf8_lossy(value));
            let expected = expected.as_ref().map(|text| unescape(text).unwrap_or_default());
            let expected = expected.as_deref().map(String::from_utf8_lossy);
            found.options(&format!("header {name}"), expected, seen);
        }
        if let (Some(body), Some(seen)) = (&self.body, &observed.body) {
            found.compare("body", body.as_str(), &String::from_utf8_lossy(seen));
        }
        if let (Some(shadowed), Some(seen)) = (&self.shadowed, &observed.shadowed) {
            found.compare("shadowed", shadowed, seen);
        }
        match (&self.upstream, &observed.upstream) {
            (Some(upstream), Some(seen)) => found.upstream(upstream, seen),
            (Some(_), None) => found.add("upstream", "a request".to_owned(), "none".to_owned()),
            _ => {}
        }
        found.0
    }
}

struct Differences(Vec<Difference>);

impl Differences {
    fn compare<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, expected: T, observed: T) {
        self.options(what, Some(expected), Some(observed));
    }

    fn options<T: PartialEq + std::fmt::Debug>(
        &mut self,
        what: &str,
        expected: Option<T>,
        observed: Option<T>,
    ) {
        if expected != observed {
            let shown = |value: Option<T>| value.map_or("none".to_owned(), |value| format!("{value:?}"));
            self.add(what, shown(expected), shown(observed));
        }
    }

    fn add(&mut self, what: &str, expected: String, observed: String) {
        self.0.push(Difference { what: what.to_owned(), expected, observed });
    }

    fn upstream(&mut self, expected: &Upstream, seen: &SeenUpstream) {
        let escape = |bytes: &[u8]| bytes.escape_ascii().to_string();
        if let Some(authority) = &expected.authority {
            self.compare("upstream authority", authority.clone(), escape(&seen.authority));
        }
        if let Some(target) = &expected.target {
            let target = unescape(target).unwrap_or_default();
            self.compare("upstream target", escape(&target), escape(&seen.target));
        }
        for (name, values) in &expected.headers {
            let lines = seen.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name.as_bytes()));
            let seen: Vec<String> = lines.map(|(_, value)| escape(value)).collect();
            let values: Vec<String> =
                values.iter().map(|value| escape(&unescape(value).unwrap_or_default())).collect();
            self.compare(&format!("upstream header {name}"), values, seen);
        }
    }
}
