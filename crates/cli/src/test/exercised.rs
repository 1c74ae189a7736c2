//! The rules of a policy that the cases exercise.

use cases::CaseFile;
use inspect::Decided;
use modules::Module;
use policy::decision::{RuleResult, Step};
use serde_json::Value;

/// The rules of a policy. Several files may have cases for the same policy.
#[derive(Debug)]
pub struct Exercised {
    filter: String,
    policy: Value,
    /// The files with cases for the policy.
    pub files: Vec<String>,
    /// The rules; true if a case exercises the rule, because it matched or decided.
    pub rules: Vec<(Rule, bool)>,
}

/// A rule of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The filter.
    pub module: Module,
    /// The name.
    pub name: String,
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "rule {} of {}", self.name, self.module)
    }
}

/// Returns the entry for the policy of a file, and adds it if the policy is new.
pub fn of<'e>(all: &'e mut Vec<Exercised>, file: &CaseFile, name: &str) -> &'e mut Exercised {
    let known = all.iter().position(|other| other.filter == file.filter && other.policy == file.policy);
    let index = known.unwrap_or_else(|| {
        let rules = rules(&file.filter, &file.policy).into_iter().map(|rule| (rule, false)).collect();
        let (filter, policy) = (file.filter.clone(), file.policy.clone());
        all.push(Exercised { filter, policy, files: Vec::new(), rules });
        all.len() - 1
    });
    #[expect(clippy::indexing_slicing, reason = "the index was found or added above")]
    let found = &mut all[index];
    found.files.push(name.to_owned());
    found
}

impl Exercised {
    /// Records the rules that a decision exercised.
    pub fn record(&mut self, decided: &Decided) {
        let matched = decided.steps.iter().filter_map(|step| match step {
            Step::Rule { filter, rule, tried: RuleResult::Matched | RuleResult::Shadowed, .. } => {
                Some((*filter, rule.as_str()))
            }
            _ => None,
        });
        for (filter, name) in matched.chain(decided.decider()) {
            let module = Module::from(filter);
            let found = self.rules.iter_mut().find(|(rule, _)| rule.module == module && rule.name == name);
            if let Some((_, exercised)) = found {
                *exercised = true;
            }
        }
    }

    /// Returns the rules that no case exercises.
    pub fn missing(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(|(_, exercised)| !exercised).map(|(rule, _)| rule)
    }
}

/// Returns true for the mode `off`; a bare `off` is a boolean in YAML 1.1.
fn is_off(mode: &Value) -> bool {
    *mode == "off" || *mode == false
}

/// Returns the rules of a policy, in its order, without those that are off.
fn rules(filter: &str, policy: &Value) -> Vec<Rule> {
    let mut found = Vec::new();
    let filters = Module::from_name(filter).map(|module| module.filters(policy)).unwrap_or_default();
    for (module, _, policy) in filters {
        let list = policy.get(module.rules_field()).and_then(Value::as_array);
        for rule in list.into_iter().flatten() {
            let off = [rule, policy].iter().filter_map(|of| of.get("mode")).any(is_off);
            if let Some(name) = rule.get("name").and_then(Value::as_str).filter(|_| !off) {
                found.push(Rule { module, name: name.to_owned() });
            }
        }
    }
    found
}
