//! The rules of a policy that the cases exercise.

use cases::CaseFile;
use inspect::{Decided, TriedRule};
use modules::Module;
use policy::decision::RuleResult;
use serde_json::Value;

/// The rules of a policy. Several files may have cases for the same policy.
#[derive(Debug)]
pub struct Exercised {
    filter: String,
    policy: Value,
    /// The files with cases for the policy.
    pub files: Vec<String>,
    pub rules: Vec<Rule>,
}

/// A rule of a filter.
#[derive(Debug)]
pub struct Rule {
    pub module: Module,
    pub name: String,
    /// True if a case exercises the rule, because it matched or decided.
    pub exercised: bool,
}

/// Returns the entry for the policy of a file, and adds it if the policy is new.
pub fn entry<'e>(all: &'e mut Vec<Exercised>, file: &CaseFile, name: &str) -> &'e mut Exercised {
    let known = all.iter().position(|other| other.filter == file.filter && other.policy == file.policy);
    let index = known.unwrap_or_else(|| {
        let (filter, policy) = (file.filter.clone(), file.policy.clone());
        all.push(Exercised { rules: rules(&filter, &policy), filter, policy, files: Vec::new() });
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
        let has_matched =
            |tried: &&TriedRule| matches!(tried.result, RuleResult::Matched | RuleResult::Shadowed);
        let matched = decided.tried.iter().filter(has_matched);
        let matched = matched.map(|tried| (tried.filter, tried.rule.as_str()));
        for (filter, name) in matched.chain(decided.decider()) {
            let is_same = |rule: &&mut Rule| rule.module == Module::from(filter) && rule.name == name;
            if let Some(rule) = self.rules.iter_mut().find(is_same) {
                rule.exercised = true;
            }
        }
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
                found.push(Rule { module, name: name.to_owned(), exercised: false });
            }
        }
    }
    found
}
