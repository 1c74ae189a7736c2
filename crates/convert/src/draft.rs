//! A policy that is being written, with comments at what does not carry over.

use crate::matching::Match;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::fmt::Write;

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
        let mut text = format!("# filter: {filter}\n");
        let mut losses = Vec::new();
        note(&mut text, &mut losses, 0, &self.comments);
        let mut policy = Map::new();
        for (name, section) in sections {
            let (indent, value) = match single {
                Some(_) => (0, &mut policy),
                None => {
                    let _ = writeln!(text, "{name}:");
                    let slot = policy.entry(name).or_insert_with(|| json!({}));
                    match slot {
                        Value::Object(slot) => (2, slot),
                        _ => continue,
                    }
                }
            };
            write_section(&mut text, &mut losses, indent, section, value);
        }
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

fn write_section(
    text: &mut String,
    losses: &mut Vec<String>,
    indent: usize,
    section: Section,
    policy: &mut Map<String, Value>,
) {
    for (field, part) in section {
        match part {
            Part::Value(value) => {
                let _ = writeln!(text, "{:indent$}{field}: {}", "", flow(&value));
                policy.insert(field.to_owned(), value);
            }
            Part::Rules(rules) if rules.is_empty() => {
                policy.insert(field.to_owned(), json!([]));
                let _ = writeln!(text, "{:indent$}{field}: []", "");
            }
            Part::Rules(rules) => {
                let rules = with_names_of_their_own(rules);
                let _ = writeln!(text, "{:indent$}{field}:", "");
                for rule in &rules {
                    note(text, losses, indent + 2, &rule.comments);
                    let _ = writeln!(text, "{:indent$}  - {}", "", flow(&rule.rule));
                }
                policy.insert(field.to_owned(), rules.into_iter().map(|rule| rule.rule).collect());
            }
            Part::Named(named) => {
                let _ = writeln!(text, "{:indent$}{field}:", "");
                for (name, rule) in &named {
                    note(text, losses, indent + 2, &rule.comments);
                    let _ = writeln!(text, "{:indent$}  {}: {}", "", scalar(name), flow(&rule.rule));
                }
                let object: Map<String, Value> =
                    named.into_iter().map(|(name, rule)| (name, rule.rule)).collect();
                policy.insert(field.to_owned(), object.into());
            }
        }
    }
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

fn note(text: &mut String, losses: &mut Vec<String>, indent: usize, comments: &[String]) {
    for comment in comments {
        let comment = comment.replace(char::is_control, " ");
        let _ = writeln!(text, "{:indent$}# {comment}", "");
        losses.push(comment);
    }
}

/// A value in one line.
fn flow(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| format!("{}: {}", scalar(name), flow(value));
            let mut fields: Vec<_> = fields.iter().collect();
            // The name of a rule stands first.
            fields
                .sort_by_key(|(name, _)| ORDER.iter().position(|other| other == name).unwrap_or(ORDER.len()));
            format!("{{{}}}", fields.into_iter().map(field).collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::String(text) => scalar(text),
        other => other.to_string(),
    }
}

const ORDER: [&str; 9] =
    ["name", "issuer", "audiences", "algorithms", "jwks", "match", "hosts", "methods", "paths"];

/// A string that every reader of YAML takes for one.
fn scalar(text: &str) -> String {
    let words = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    let first = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
    if first && text.bytes().all(plain) && !words.contains(&text.to_ascii_lowercase().as_str()) {
        return text.to_owned();
    }
    Value::from(text).to_string()
}
