//! A request with its decision.

use super::shown::Secrets;
use inspect::{Decided, Policy, Request};
use modules::Module;
use policy::decision::{Filter, Reason};
use policy::document;
use policy::http::Headers;
use policy::vocabulary::HeaderMatch;
use serde_json::Value;

/// A request with its decision.
#[derive(Debug)]
pub struct Explained<'p> {
    pub policy: &'p dyn Policy,
    /// The policy as JSON.
    pub document: &'p Value,
    pub request: Request,
    pub decided: Decided,
    /// Notes about the keys of the policy.
    pub notes: &'p [String],
}

impl<'p> Explained<'p> {
    /// Decides about a request at `now`, in seconds since 1970; `response` is the header of the upstream's response.
    pub fn new(
        (policy, document): (&'p dyn Policy, &'p Value),
        request: Request,
        now: u64,
        response: &[(&str, &str)],
        notes: &'p [String],
    ) -> Self {
        let decided = policy.decide(&request, now, response);
        Self { policy, document, request, decided, notes }
    }

    /// Returns the names whose values are not shown to people.
    pub fn secrets(&self) -> Secrets {
        Secrets::of(self.document)
    }

    /// Returns the item of `require` or `forbid` that denied the request, such as `require[0]`, and the name of its header.
    pub fn header_item(&self) -> Option<(String, String)> {
        let answer = self.decided.answer.as_ref().filter(|answer| answer.filter == Filter::HeaderPolicy)?;
        let is_required = answer.reason == Reason::HEADER_REQUIRED;
        if !is_required && answer.reason != Reason::HEADER_FORBIDDEN {
            return None;
        }
        let section = Module::from(answer.filter).section().and_then(|section| self.document.get(section));
        let policy = section.unwrap_or(self.document);
        let name = answer.rule.as_ref()?.as_str();
        let rule = policy
            .get("rules")?
            .as_array()?
            .iter()
            .find(|rule| rule.get("name").is_some_and(|n| n == name))?;
        let spellings = policy.get("names").is_some_and(|names| names == "equivalent");
        let lines = self.decided.lines.iter().map(|(name, value)| (name.as_slice(), value.as_slice()));
        let headers = Headers::new(lines);
        let field = if is_required { "require" } else { "forbid" };
        let denies = |item: &HeaderMatch| match is_required {
            true => !item.matches_always(&headers, spellings),
            false => item.matches_once(&headers, spellings),
        };
        rule.get(field)?.as_array()?.iter().enumerate().find_map(|(index, item)| {
            let item: HeaderMatch = document::read(item.to_string().as_bytes()).ok()?;
            denies(&item).then(|| (format!("{field}[{index}]"), item.name.as_str().to_owned()))
        })
    }
}
