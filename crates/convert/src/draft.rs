//! A policy that is being written, with comments at what does not carry over.

use crate::matching::Match;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use yaml::{Item, Yaml};

/// What a conversion makes.
#[derive(Debug, Clone, PartialEq)]
pub struct Converted {
    /// The filter that the policy is of.
    pub filter: &'static str,
    /// The policy as YAML, with its comments.
    pub text: String,
    /// The policy.
    pub policy: Value,
    /// What does not carry over, a line each; the same as in the comments.
    pub losses: Vec<String>,
}

/// A rule and the comments above it.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The comments.
    pub comments: Vec<String>,
    /// The rule.
    pub rule: Value,
}

/// Providers by name, with comments.
pub type Providers = Vec<(String, Rule)>;

/// A policy that is being written.
#[derive(Debug, Default)]
pub struct Draft {
    /// What does not carry over, of no rule.
    pub comments: Vec<String>,
    /// Hosts that are meant without a port.
    pub portless: BTreeSet<String>,
    /// What path-policy does without a rule, and its rules.
    pub path: Option<(&'static str, Vec<Rule>)>,
    /// The providers of token-validation, and its rules.
    pub token: Option<(Providers, Vec<Rule>)>,
}

/// A name that a rule may have: `[a-z0-9-]+`, at most 63 bytes.
pub fn rule_name(text: &str, number: usize) -> String {
    let plain = |c: char| if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '-' };
    let name: String = text.to_ascii_lowercase().chars().map(plain).take(50).collect();
    let name = name.trim_matches('-');
    if name.is_empty() { format!("rule-{number}") } else { format!("{name}-{number}") }
}

/// A rule of path-policy.
pub fn path_rule(name: &str, built: &Match, action: &str, comments: Vec<String>) -> Rule {
    let mut rule = Map::new();
    rule.insert("name".to_owned(), name.into());
    if !built.request.is_empty() {
        rule.insert("match".to_owned(), built.request.clone().into());
    }
    rule.insert("action".to_owned(), action.into());
    Rule { comments, rule: rule.into() }
}

impl Draft {
    /// The policy.
    pub fn finish(self) -> Converted {
        let mut sections: Vec<(&str, Section)> = Vec::new();
        if !self.portless.is_empty() {
            sections.push(("vhost", vhost(&self.portless)));
        }
        if let Some((default, rules)) = self.path {
            let head = vec![("default", Part::Value(default.into())), ("rules", Part::Rules(rules))];
            sections.push(("path", head));
        }
        if let Some((providers, rules)) = self.token {
            sections
                .push(("token", vec![("providers", Part::Named(providers)), ("rules", Part::Rules(rules))]));
        }
        let single = match sections.as_slice() {
            [("path", _)] => Some("path-policy"),
            [("token", _)] => Some("token-validation"),
            _ => None,
        };
        let filter = single.unwrap_or("ringfence");
        let mut losses = comment_lines(self.comments);
        let head: String = losses.iter().map(|comment| format!("# {comment}\n")).collect();
        let (mut fields, mut policy) = (Vec::new(), Map::new());
        for (name, section) in sections {
            let (section, value) = write_section(section, &mut losses);
            if single.is_some() {
                (fields, policy) = (section, value);
            } else {
                fields.push((name.to_owned(), Yaml::Map(section).into()));
                policy.insert(name.to_owned(), value.into());
            }
        }
        let text = format!("# filter: {filter}\n{head}{}", Yaml::Map(fields).document());
        Converted { filter, text, policy: policy.into(), losses }
    }
}

type Section = Vec<(&'static str, Part)>;

/// What stands behind a field.
enum Part {
    Value(Value),
    Rules(Vec<Rule>),
    Named(Providers),
}

/// Refuses the hosts that are meant without a port where they have one.
fn vhost(portless: &BTreeSet<String>) -> Section {
    let domains: Vec<&str> = portless.iter().map(String::as_str).collect();
    let why = "the source takes these hosts without a port only: no client sends port 0".to_owned();
    let first =
        Rule { comments: vec![why], rule: json!({"name": "without-port", "domains": domains, "ports": [0]}) };
    let others = Rule {
        comments: vec!["every other host but an address".to_owned()],
        rule: json!({"name": "others", "domains": ["*"]}),
    };
    vec![("hosts", Part::Rules(vec![first, others]))]
}

/// Returns the fields of a section for the text, and as JSON.
fn write_section(section: Section, losses: &mut Vec<String>) -> (Vec<(String, Item)>, Map<String, Value>) {
    let (mut fields, mut policy) = (Vec::new(), Map::new());
    let mut item = |Rule { comments, rule }: Rule| {
        let comments = comment_lines(comments);
        losses.extend(comments.iter().cloned());
        Item { comments, value: Yaml::Flow(rule) }
    };
    for (field, part) in section {
        let (text, value) = match part {
            Part::Value(value) => (Yaml::Flow(value.clone()), value),
            Part::Rules(rules) => {
                let rules = with_names_of_their_own(rules);
                let value = rules.iter().map(|rule| rule.rule.clone()).collect();
                (Yaml::List(rules.into_iter().map(&mut item).collect()), value)
            }
            Part::Named(named) => {
                let value = named.iter().map(|(name, rule)| (name.clone(), rule.rule.clone())).collect();
                let named = named.into_iter().map(|(name, rule)| (name, item(rule)));
                (Yaml::Map(named.collect()), Value::Object(value))
            }
        };
        fields.push((field.to_owned(), text.into()));
        policy.insert(field.to_owned(), value);
    }
    (fields, policy)
}

/// Names that were cut short may be one.
fn with_names_of_their_own(mut rules: Vec<Rule>) -> Vec<Rule> {
    let mut seen = BTreeSet::new();
    for (place, rule) in rules.iter_mut().enumerate() {
        let Some(Value::String(name)) = rule.rule.get_mut("name") else { continue };
        if !seen.insert(name.clone()) {
            *name = format!("{name}-x{place}");
            seen.insert(name.clone());
        }
    }
    rules
}

/// Comments fit on a line each.
fn comment_lines(comments: Vec<String>) -> Vec<String> {
    comments.into_iter().map(|comment| comment.replace(char::is_control, " ")).collect()
}
