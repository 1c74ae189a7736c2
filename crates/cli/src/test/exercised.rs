//! Which rules of a policy some case exercises.

use cases::{CaseFile, Decided};
use policy::decision::{Filter, RuleResult, Step};
use serde_json::Value;

/// The rules of one policy, however many files have cases for it.
#[derive(Debug)]
pub struct Exercised {
    filter: String,
    policy: Value,
    /// The files with cases for it.
    pub files: Vec<String>,
    /// Each rule, and whether a case exercises it: it matched there, or it decided.
    pub rules: Vec<(Rule, bool)>,
}

/// A rule, by its filter and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// As in the policy: `path`.
    pub section: &'static str,
    /// Its name.
    pub name: String,
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.section, self.name)
    }
}

/// The rules of the policy of this file; it may be that of a file before.
pub fn of<'e>(all: &'e mut Vec<Exercised>, file: &CaseFile, name: &str) -> &'e mut Exercised {
    let known = all.iter().position(|other| other.filter == file.filter && other.policy == file.policy);
    let place = known.unwrap_or_else(|| {
        let rules = rules(&file.filter, &file.policy).into_iter().map(|rule| (rule, false)).collect();
        let (filter, policy) = (file.filter.clone(), file.policy.clone());
        all.push(Exercised { filter, policy, files: Vec::new(), rules });
        all.len() - 1
    });
    #[expect(clippy::indexing_slicing, reason = "a place that was found, or just made")]
    let found = &mut all[place];
    found.files.push(name.to_owned());
    found
}

impl Exercised {
    /// Notes what a decision exercised.
    pub fn note(&mut self, decided: &Decided) {
        let matched = decided.steps.iter().filter_map(|step| match step {
            Step::Rule { filter, rule, tried: RuleResult::Matched | RuleResult::Shadowed, .. } => {
                Some((*filter, rule.as_str()))
            }
            _ => None,
        });
        for (filter, name) in matched.chain(decided.decider()) {
            let section = section(filter);
            let found = self.rules.iter_mut().find(|(rule, _)| rule.section == section && rule.name == name);
            if let Some((_, exercised)) = found {
                *exercised = true;
            }
        }
    }

    /// The rules that no case exercises.
    pub fn missing(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(|(_, exercised)| !exercised).map(|(rule, _)| rule)
    }
}

fn section(filter: Filter) -> &'static str {
    match filter {
        Filter::VhostPolicy => "vhost",
        Filter::PathPolicy => "path",
        Filter::TokenValidation => "token",
        Filter::HeaderPolicy => "header",
    }
}

/// The rules of a policy, in its order; a rule that is off can be exercised by nothing.
fn rules(filter: &str, policy: &Value) -> Vec<Rule> {
    let single = ["vhost-policy", "path-policy", "token-validation", "header-policy"];
    let mut found = Vec::new();
    for (of, name) in Filter::ALL.into_iter().zip(single) {
        let section = section(of);
        let document = if filter == "ringfence" { policy.get(section) } else { Some(policy) };
        let Some(document) = document.filter(|_| filter == "ringfence" || filter == name) else { continue };
        let list = if section == "vhost" { "hosts" } else { "rules" };
        for rule in document.get(list).and_then(Value::as_array).into_iter().flatten() {
            let off = [rule, document].iter().any(|of| of.get("mode").and_then(Value::as_str) == Some("off"));
            if let Some(name) = rule.get("name").and_then(Value::as_str).filter(|_| !off) {
                found.push(Rule { section, name: name.to_owned() });
            }
        }
    }
    found
}
